import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVERYTHING_AVAILABLE } from './availability.ts';
import { loadTexts } from './load-texts.ts';
import { printDiagnostic } from './print-diagnostic.ts';
import {
  AIRPORTS,
  EXAMPLE_DECLARATIONS,
  fieldExample,
  keyedExample,
  productExample,
} from './rules/example-mesh.ts';
import { meshOf } from './test-support/problems-in.ts';
import { WHOLE_LANGUAGE } from './test-support/whole-language.ts';

const options = { declarations: EXAMPLE_DECLARATIONS, availability: EVERYTHING_AVAILABLE };
const productOf = (example: Parameters<typeof meshOf>[0], name = 'flights.departures') =>
  meshOf(example).products.find((product) => product.name === name);

describe('the model of a product', () => {
  it('has everything that nobody wrote', () => {
    expect(productOf(keyedExample(''))).toMatchObject({
      id: 'flights.departures@1',
      domain: 'flights',
      shortName: 'departures',
      major: 1,
      status: 'active',
      alignment: 'source',
      tier: 'bronze',
      gate: false,
      historyMs: undefined,
      datasets: [{ name: 'departures', key: ['id'], extra: 'refuse' }],
      outputs: [{ port: 'rest' }, { port: 'files', options: { formats: ['parquet'] } }, { port: 'stream' }],
      access: [],
      slo: { freshnessMs: undefined, availability: undefined },
    });
  });

  it('has the defaults of the mesh, and a gate when it is gold', () => {
    const mesh = 'mesh: m\ndefaults: { tier: gold, status: draft, history: 1h, owner: ops }\n';
    const product = productOf(keyedExample('status: retired\n', { 'mesh.yaml': mesh }));
    expect(product).toMatchObject({
      tier: 'gold',
      status: 'retired',
      historyMs: 3_600_000,
      owner: 'operations',
      gate: true,
    });
  });

  it('has options with their defaults, secrets as references, and single values as lists', () => {
    const input = 'inputs: { a: { from: file, path: a.csv, token: "\u0024{TOKEN}", replay: { by: x } } }\n';
    const [source] = productOf(keyedExample(input))?.inputs ?? [];
    expect(source).toMatchObject({
      kind: 'external',
      options: { path: ['a.csv'], token: '\u0024{TOKEN}', header: true, batch: 100, replay: { by: 'x' } },
    });
    expect(source && 'options' in source && 'format' in source.options).toBe(false);
  });

  it('keeps numbers as they were written', () => {
    const fields = productOf(
      productExample(`key: none
fields:
  a: { type: integer, min: -9223372036854775808, default: +9007199254740993 }
  b: { type: decimal(20,2), max: 12.50, enum: [1.10, "2.20"] }
`),
    )?.datasets[0]?.fields;
    expect(fields?.[0]).toMatchObject({ min: '-9223372036854775808', default: '9007199254740993' });
    expect(fields?.[1]).toMatchObject({ precision: 20, scale: 2, max: '12.50', enum: ['1.10', '2.20'] });
  });

  it('turns shares and durations into numbers without rounding errors', () => {
    const slo = productOf(
      keyedExample('slo: { freshness: 90m, availability: 99.95%, completeness: 7% }\n'),
    )?.slo;
    expect(slo).toEqual({ freshnessMs: 5_400_000, availability: 0.9995, completeness: 0.07 });
  });
});

describe('a reused field', () => {
  const airports = {
    'airports.product.yaml': (AIRPORTS['airports.product.yaml'] ?? '').replace(
      'city: string',
      'city: { type: string, required: true, unique: true, reduce: first, pattern: "^[A-Z]", meaning: "x:city", class: pii, unit: u }',
    ),
  };
  const city = (field: string) => productOf(fieldExample(field, airports))?.datasets[0]?.fields[1];

  it('takes type, constraints, doc, meaning, unit and class, but neither required nor unique nor reduce', () => {
    expect(city('airports.airports.city')).toEqual({
      name: 'value',
      type: 'string',
      pattern: '^[A-Z]',
      meaning: 'x:city',
      class: ['pii'],
      unit: 'u',
      origin: 'airports.airports.city',
    });
  });

  it('lets the later word count', () => {
    expect(city('{ from: airports.airports.city, doc: Here, required: true, pattern: x }')).toMatchObject({
      doc: 'Here',
      required: true,
      pattern: 'x',
      meaning: 'x:city',
    });
  });

  it('follows a chain, takes the newest major where none is named, and any dataset', () => {
    const second = (AIRPORTS['airports.product.yaml'] ?? '')
      .replace('1.0.0', '2.0.0')
      .replace('length: 3', 'length: 4');
    const chain = { ...AIRPORTS, 'v2.product.yaml': second };
    const length = (reference: string) =>
      productOf(fieldExample(reference, chain))?.datasets[0]?.fields[1]?.length?.max;
    expect(length('airports.airports.iata')).toBe(4);
    expect(length('airports.airports@1.iata')).toBe(3);
    expect(length('airports.airports@2.airports.iata')).toBe(4);
  });
});

describe('a mesh that is broken anywhere', () => {
  const files = Object.entries(WHOLE_LANGUAGE);
  const snippets = [
    '',
    ':',
    '{',
    '}',
    '[',
    ']',
    '"',
    '- ',
    '\n',
    '\n  ',
    'null',
    '&a ',
    '*a',
    '1e999',
    '@',
    'x',
    '\t',
    '|',
    ' -> ',
  ];

  it('is told about, never thrown about, wherever it is cut or damaged', () => {
    const damage = fc.record({
      file: fc.nat(files.length - 1),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(30),
      put: fc.constantFrom(...snippets),
    });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
        const texts = new Map(files);
        for (const { file, at, cut, put } of damages) {
          const [name, text] = [...texts][file] ?? ['', ''];
          const start = Math.floor(at * text.length);
          texts.set(name, text.slice(0, start) + put + text.slice(start + cut));
        }
        const { mesh, diagnostics, sources } = loadTexts(Object.fromEntries(texts), options);
        expect(mesh === undefined).toBe(diagnostics.length > 0);
        for (const diagnostic of diagnostics) {
          expect(sources.get(diagnostic.place.file)?.split('\n').length).toBeGreaterThanOrEqual(
            diagnostic.place.line,
          );
          expect(printDiagnostic(diagnostic, sources, { colour: false })).toContain(diagnostic.message);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('finds the problems of all files in one run', () => {
    const example = {
      'mesh.yaml': 'mesh: M\n',
      'a.product.yaml': '{',
      ...keyedExample('tier: x\nonwer: y\n'),
    };
    const { diagnostics } = loadTexts(example, options);
    expect(diagnostics.map((d) => `${d.place.file} ${d.code}`)).toEqual([
      'a.product.yaml SPEC_YAML_SYNTAX',
      'departures.product.yaml SPEC_WRONG_CHOICE',
      'departures.product.yaml SPEC_UNKNOWN_KEY',
      'mesh.yaml SPEC_NAME',
    ]);
  });
});
