/** `wharf test`: what somebody who tests a transform sees. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/entry.ts';
import { itemsSpec, meshFolder } from '../support/mesh-folder.ts';

const ITEMS = itemsSpec(`inputs:
  source: { from: file, path: items.ndjson, fields: { id: integer, price: string } }
transform:
  sql: select id, cast(price as decimal(12,2)) as price from source
key: [id]
fields:
  id: { type: integer, required: true }
  price: { type: "decimal(12,2)", min: 0 }
`);

const NAMES = itemsSpec(`inputs:
  items: test.items@1
transform:
  sql: select price, max(id) as id from items group by price having count(*) < 3
key: [id]
fields:
  id: { type: integer, required: true }
  price: { type: "decimal(12,2)" }
`).replace('product: test.items', 'product: test.names');

const TWICE = NAMES.replace('max(id) as id', '1 as id').replace('test.names', 'test.twice');

interface Answer {
  readonly ok: boolean;
  readonly tests: number;
  readonly failed: number;
  readonly files: { tests: { test: string; ok: boolean; differences: Record<string, unknown>[] }[] }[];
  readonly diagnostics: { code: string; message: string; hint: string; line: number; column: number }[];
}

async function wharfTest(fixtures: Readonly<Record<string, string>>, ...args: string[]) {
  const mesh = await meshFolder({
    'items.ndjson': '',
    'items.product.yaml': ITEMS,
    'names.product.yaml': NAMES,
    'twice.product.yaml': TWICE,
    ...fixtures,
  });
  return command(mesh, ...args);
}

function command(mesh: string, ...args: string[]) {
  const wharf = path.join(packageRoot, 'bin', 'wharf.js');
  const run = spawnSync(process.execPath, [wharf, 'test', mesh, ...args], { encoding: 'utf8' });
  return { code: run.status, output: run.stdout + run.stderr, json: () => JSON.parse(run.stdout) as Answer };
}

describe('wharf test', () => {
  it('passes what is as it should be, through steps, deletes, rejects and errors', async () => {
    const { code, output, json } = await wharfTest(
      {
        'items.test.yaml': `product: test.items@1
tests:
  - test: prices are exact, and bad ones set aside
    given:
      source: [{ id: 9007199254740993, price: "0.10" }, { id: 2, price: x }, { id: 3, price: "-1" }]
    expect:
      rows: [{ id: 9007199254740993, price: 0.1 }]
      rejects: [{ stage: map }, { stage: record, code: BELOW_MIN }]
`,
        'twice.test.yaml': `product: test.twice
tests:
  - test: a key that comes twice keeps the product where it was, until it is mended
    steps:
      - given: { items: { id: 1, price: 1 } }
      - given: { items: { id: 2, price: 2 } }
        expect: { error: DERIVED_KEY_TWICE, rows: [{ id: 1, price: 1 }], changes: [] }
      - given: { items: { id: 3, price: 3 } }
        expect: { error: DERIVED_KEY_TWICE, rows: [{ id: 1, price: 1 }] }
      - at: 2026-01-02T00:00:00Z
        delete: { items: [{ id: 1 }, { id: 3 }] }
        expect: { changes: [{ upsert: { id: 1, price: 2 } }] }
`,
      },
      '--json',
    );
    expect(output).not.toContain('"ok": false');
    expect(code).toBe(0);
    expect(json()).toMatchObject({ ok: true, tests: 2, failed: 0, diagnostics: [] });
  });

  it('shows by key and field what is not as expected, and fails', async () => {
    const { code, output } = await wharfTest({
      'names.test.yaml': `product: test.names
tests:
  - test: right
    given: { items: [{ id: 1, price: 5 }] }
    expect: { rows: [{ id: 1 }] }
  - test: wrong
    given: { items: [{ id: 1, price: 5 }, { id: 2, price: 6.5 }] }
    expect:
      rows:
        - { id: 2, price: 6.51 }
        - { id: 3 }
`,
    });
    expect(code).toBe(1);
    expect(output.replace(/\(\d.*s\)/, '')).toBe(`names.test.yaml
  ok    right
  FAIL  wrong
        step 1, rows (names.test.yaml:10)
          ~ {"id":2}
              price: expected 6.51, received 6.50
          - expected, and not there: {"id":3}
          + there, and not expected: {"id":1,"price":5.00}
2 tests, 1 failed \n`);
  });

  it.each([
    ['rejects', 'given: { source: { id: 1, price: "-1" } }', 'items', 'BELOW_MIN'],
    [
      'an error',
      'given: { items: [{ id: 1, price: 1 }, { id: 2, price: 2 }] }',
      'twice',
      'DERIVED_KEY_TWICE',
    ],
  ])('fails for %s that nobody expects', async (_what, step, product, code) => {
    const fixture = `product: test.${product}\ntests:\n  - test: x\n    ${step}\n`;
    const answer = (await wharfTest({ 'x.test.yaml': fixture }, '--json')).json();
    expect(answer.ok).toBe(false);
    expect(answer.files[0]?.tests[0]?.differences).toMatchObject([
      { kind: 'unexpected', row: expect.stringContaining(code) },
    ]);
  });

  it('tells all that is wrong in a fixture, with its place and what was meant', async () => {
    const { code, json } = await wharfTest(
      {
        'a.test.yaml': `product: test.names
tests:
  - test: x
    givn: { items: [] }
`,
        'b.test.yaml': `product: test.names
tests:
  - test: x
    given:
      item: [{ id: 1 }]
      items: [{ id: one }, { idd: 1 }]
    expect:
      rows: [{ id: 1, price: 1.234 }]
  - test: y
    at: soon
`,
        'c.test.yaml': 'product: test.nams\ntests: [{ test: x }]\n',
      },
      '--json',
    );
    expect(code).toBe(1);
    const told = json().diagnostics.map(({ code, message, hint }) => `${code} ${message} ${hint}`);
    expect(told).toEqual([
      expect.stringMatching(/SPEC_UNKNOWN_KEY .*"givn".* Did you mean "given"\?/),
      expect.stringMatching(/FIXTURE_INVALID test.names has no input "item". Did you mean "items"\?/),
      expect.stringMatching(/FIXTURE_INVALID .*"one".* keeps the contract of that product/),
      expect.stringMatching(/FIXTURE_INVALID test.items@1 has no field "idd". Did you mean "id"\?/),
      expect.stringMatching(/FIXTURE_INVALID .*1\.234/),
      expect.stringMatching(/FIXTURE_INVALID "soon" is not a time/),
      expect.stringMatching(/FIXTURE_INVALID There is no product "test.nams". Did you mean "test.names"\?/),
    ]);
    expect(json().diagnostics[1]).toMatchObject({ line: 5, column: 14 });
  });

  it('runs only what is asked for', async () => {
    const fixture = 'product: test.names\ntests:\n  - { test: one thing }\n  - { test: another }\n';
    const { json } = await wharfTest({ 'n.test.yaml': fixture }, '--only', 'one thing', '--json');
    expect(json()).toMatchObject({ ok: true, tests: 1 });
  });

  it('shows that every transform of the demo mesh does what it is meant to', () => {
    const { code, output } = command(path.join(packageRoot, 'examples', 'skyline'));
    expect(output).toMatch(/\d+ tests, 0 failed/);
    expect(output).not.toContain('FAIL');
    expect(code).toBe(0);
  });
});
