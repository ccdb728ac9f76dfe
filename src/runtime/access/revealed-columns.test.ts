import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../engine/engine.ts';
import { startTestEngine } from '../../engine/test-engine.ts';
import { meshOf } from '../../spec/test-support/problems-in.ts';
import { mayReveal, revealProblems } from './revealed-columns.ts';

const NOW_MS = Date.UTC(2026, 10, 21);

let engine: Engine;
beforeAll(() => {
  engine = startTestEngine();
});
afterAll(() => engine.close());

/** A product of visits, and one of wards that the same team makes of it. */
async function said(visits: string, wards: string, classes = ''): Promise<string[]> {
  const mesh = meshOf({
    'mesh.yaml': `mesh: clinic\nteams: { care: {}, planning: { members: [ben] } }\n${classes}`,
    'visits.product.yaml': `product: clinic.visits
version: 1.0.0
owner: care
purpose: Visits.
inputs: { source: { from: push } }
key: [visit]
fields: { visit: string, patient: { type: string, class: pii }, ward: string, minutes: integer }
access: ${visits}
`,
    'wards.product.yaml': `product: clinic.wards
version: 1.0.0
owner: care
purpose: Wards.
inputs: { visits: clinic.visits@1 }
transform:
  sql: select ward, count(*) as visits, max(patient) as last_patient, sum(minutes) as minutes from visits group by ward
key: [ward]
fields: { ward: string, visits: integer, last_patient: string, minutes: integer }
access: ${wards}
`,
  });
  const found = await revealProblems(engine, mesh, NOW_MS);
  if (!mayReveal(mesh, NOW_MS)) expect(found).toEqual([]);
  return found.map(({ message, place }) => `${place.file}:${place.line}: ${message}`);
}

it('tells which columns somebody would read of an input that they may not read', async () => {
  expect(await said('[{ allow: ["team:planning"] }]', '[{ allow: [anyone] }]')).toEqual([
    'wards.product.yaml:10: clinic.wards@1 shows to anyone what they may not read, or not in all rows, in clinic.visits@1: "ward", "last_patient" (of patient), "minutes".',
  ]);
});

it('tells of masked columns alone, and of none that the product masks as well', async () => {
  const visits = '[{ allow: [anyone], mask: { patient: { hash: true } } }]';
  expect((await said(visits, '[{ allow: ["user:ben", "team:planning"] }]')).join()).toMatch(
    /user:ben .*: "last_patient" \(of patient\)\..*team:planning .*: "last_patient" \(of patient\)\./,
  );
  expect(await said(visits, '[{ allow: ["user:ben"], mask: { last_patient: null } }]')).toEqual([]);
});

it('tells of what the mesh masks for who states no purpose', async () => {
  const classes = 'masks: { pii: null }\n';
  expect((await said('[{ allow: [anyone] }]', '[{ allow: [anyone] }]', classes)).join()).toContain(
    'last_patient',
  );
  const forResearch = '[{ allow: [anyone], purpose: research }]';
  expect(await said(forResearch, forResearch, classes)).toEqual([]);
});

it('tells of rows that are hidden', async () => {
  const visits = `[{ allow: [anyone] }, { deny: ["team:planning"], rows: "ward = 'west'" }]`;
  expect(await said(visits, '[{ allow: [anyone], actions: [read] }]')).toEqual([]);
  expect((await said(visits, '[{ allow: ["user:ben"] }]')).join()).toContain('"ward"');
});

it('tells of nothing that the owner of the input has allowed, or that its readers may read there', async () => {
  expect(await said('[{ allow: ["product:clinic.wards"] }]', '[{ allow: [anyone] }]')).toEqual([]);
  expect(await said('[{ allow: ["team:planning"] }]', '[{ allow: ["user:ben"] }]')).toEqual([]);
  expect(await said('[]', '[{ allow: [anyone], actions: [discover, push] }]')).toEqual([]);
});
