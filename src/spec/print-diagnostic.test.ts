import { describe, expect, it } from 'vitest';
import type { Diagnostic } from './diagnostic.ts';
import { loadTexts } from './load-texts.ts';
import { diagnosticToJson, printDiagnostic } from './print-diagnostic.ts';
import { EXAMPLE_DECLARATIONS, keyedExample, productExample } from './rules/example-mesh.ts';
import type { Example } from './rules/rule.ts';

const printed = (example: Example, colour = false) => {
  const { diagnostics, sources } = loadTexts(example, { declarations: EXAMPLE_DECLARATIONS });
  return diagnostics.map((d) => printDiagnostic(d, sources, { colour })).join('\n\n');
};

describe('what a user sees', () => {
  it('of an unknown key', () => {
    expect(printed(keyedExample('slo: { freshnes: 26h }\n'))).toBe(`\
error[SPEC_UNKNOWN_KEY]: The key "freshnes" is not known in service level objectives.
  --> departures.product.yaml:9:8
   |
 8 |   day: date
 9 | slo: { freshnes: 26h }
   |        ^^^^^^^^
   = expected: one of freshness, availability, completeness, latency, delivery_lag
   = received: "freshnes"
   = hint: Did you mean "freshness"?`);
  });

  it('of several problems in one run, in the order of their places', () => {
    const body = 'key: [idd]\nfields:\n  id: { type: integer, min: 5, max: 3 }\n  at: datetime\n';
    expect(printed(productExample(body))).toBe(`\
error[SPEC_KEY_UNKNOWN]: The key names "idd", which is no field of the dataset "departures".
 --> departures.product.yaml:5:7
  |
4 | purpose: Departures of the day.
5 | key: [idd]
  |       ^^^
6 | fields:
  = expected: one of id, at; or "row" or "none" alone
  = received: "idd"
  = hint: Did you mean "id"?

error[SPEC_MIN_ABOVE_MAX]: The smallest value 5 is above the largest value 3.
 --> departures.product.yaml:7:37
  |
6 | fields:
7 |   id: { type: integer, min: 5, max: 3 }
  |                                     ^
8 |   at: datetime
  = expected: min at most max
  = received: min 5, max 3
  = hint: Swap the two, or correct one of them.

error[SPEC_FIELD_TYPE]: The type "datetime" is not known.
 --> departures.product.yaml:8:7
  |
7 |   id: { type: integer, min: 5, max: 3 }
8 |   at: datetime
  |       ^^^^^^^^
  = expected: one of string, integer, number, decimal(p,s), boolean, date, time, timestamp, json, bytes, object, array, or a field to reuse such as airports.airports.iata
  = received: "datetime"
  = hint: Here it is called "timestamp".`);
  });

  it('of broken YAML', () => {
    expect(printed({ 'a.product.yaml': 'product: a.b\npurpose: "unfinished\n' })).toBe(`\
error[SPEC_YAML_SYNTAX]: The YAML cannot be read: Missing closing "quote.
 --> a.product.yaml:2:21
  |
1 | product: a.b
2 | purpose: "unfinished
  |                     ^
  = hint: Check indentation, colons and quotes on this line and the line before.`);
  });

  it('of a secret: stars', () => {
    const text = printed(keyedExample('doc: ftp://bo:hunter2@host\n'));
    expect(text).toContain('9 | doc: ftp://bo:*******@host\n   |               ^^^^^^^');
    expect(text).not.toContain('hunter2');
  });

  it('of a missing file: no line to draw', () => {
    expect(printed({ 'mesh.yaml': '', ...keyedExample('') })).toBe(`\
error[SPEC_MESH_FILE]: The file "mesh.yaml" is empty.
 --> mesh.yaml:1:1
  = hint: Create it with the line "mesh: my-mesh", or run "wharf init".`);
  });

  it('on a terminal: the same text in colours', () => {
    const example = keyedExample('onwer: x\n');
    const coloured = printed(example, true);
    const escapeCharacter = String.fromCharCode(27);
    expect(coloured).toContain(`${escapeCharacter}[31merror[SPEC_UNKNOWN_KEY]${escapeCharacter}[0m`);
    expect(coloured.replaceAll(new RegExp(`${escapeCharacter}\\[[0-9]+m`, 'g'), '')).toBe(printed(example));
  });
});

describe('drawing a line', () => {
  const draw = (text: string, column: number, width: number) => {
    const problem: Diagnostic = {
      code: 'X',
      severity: 'warning',
      message: 'm',
      place: { file: 'f', line: 1, column },
      width,
    };
    return printDiagnostic(problem, new Map([['f', text]]), { colour: false })
      .split('\n')
      .slice(3);
  };

  it('keeps the caret below its word behind tabs', () => {
    expect(draw('\tkey:\tvalue', 7, 5)).toEqual(['1 |   key:  value', '  |         ^^^^^']);
  });

  it('cuts a long line around the place', () => {
    const [line, caret] = draw(`${'a'.repeat(300)}HERE${'b'.repeat(300)}`, 301, 4);
    expect(line?.length).toBeLessThan(160);
    expect(line?.slice(caret?.indexOf('^'), (caret?.lastIndexOf('^') ?? 0) + 1)).toBe('HERE');
  });

  it('stays within the line when the width says more', () => {
    expect(draw('ab', 2, 99)).toEqual(['1 | ab', '  |  ^']);
    expect(draw('ab', 3, 1)).toEqual(['1 | ab', '  |   ^']);
  });
});

it('gives programs the same members, flat', () => {
  const { diagnostics } = loadTexts(keyedExample('onwer: x\n'), { declarations: EXAMPLE_DECLARATIONS });
  const json = JSON.parse(JSON.stringify(diagnostics.map(diagnosticToJson)));
  expect(json).toMatchObject([
    {
      code: 'SPEC_UNKNOWN_KEY',
      severity: 'error',
      file: 'departures.product.yaml',
      line: 9,
      column: 1,
      width: 5,
      hint: 'Did you mean "owner"?',
    },
  ]);
});
