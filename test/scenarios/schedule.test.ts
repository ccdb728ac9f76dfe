/** A transform on a schedule: `now()` is the instant that was due, so that the answer is the same whenever it is computed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { verify } from '../support/run-wharf.ts';
import { StreamFollower } from '../support/stream-follower.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { WharfProcess } from '../support/wharf-process.ts';

const EVERY_MS = 2_000;
const SPEC = `product: test.ages
version: 1.0.0
owner: test
purpose: How old each item was when the schedule was due.
inputs: { items: test.items@1 }
transform:
  every: 2s
  sql: |
    select id, now() as due, current_date as day, epoch_ms(now()) - at_ms as age_ms from items
key: [id]
fields: { id: integer, due: timestamp, day: date, age_ms: integer }
access:
  - { allow: [anyone] }
`;

interface Age {
  readonly id: number;
  readonly due: string;
  readonly day: string;
  readonly age_ms: number;
}

let mesh: string;
let data: string;
let wharf: WharfProcess;

beforeAll(async () => {
  mesh = await meshFolder({
    'items.product.yaml': itemsSpec(
      'inputs: { source: { from: push } }\nkey: [id]\nfields: { id: integer, at_ms: integer }\n',
    ),
    'ages.product.yaml': SPEC,
  });
  data = await temporaryFolder('data');
  wharf = await WharfProcess.start({ mesh, data });
});
afterAll(() => wharf.stop());

const rows = async () => (await wharf.get<{ rows: Age[] }>('/p/test.ages/v1/rows')).rows;
const push = (record: object) =>
  fetch(`${wharf.url}/p/test.items/v1/inputs/source`, { method: 'POST', body: JSON.stringify(record) });

describe('a product on a schedule', () => {
  it('shows the same instant in all rows, one that was due, and the next one when that comes', async () => {
    const begunMs = Date.now();
    await push({ id: 1, at_ms: begunMs });
    await push({ id: 2, at_ms: begunMs });
    const first = await eventually(rows, (found) => found.length === 2);
    expect(first).toHaveLength(2);
    const dues = new Set(first.map((row) => row.due));
    expect(dues.size).toBe(1);
    const dueMs = Date.parse(first[0]?.due ?? '');
    expect(dueMs % EVERY_MS).toBe(0);
    for (const row of first) {
      expect(row.day).toBe(row.due.slice(0, 10));
      expect(row.age_ms).toBe(dueMs - begunMs);
    }
    const later = await eventually(rows, (found) => Date.parse(found[0]?.due ?? '') > dueMs);
    expect((Date.parse(later[0]?.due ?? '') - dueMs) % EVERY_MS).toBe(0);
    expect(Date.parse(later[0]?.due ?? '')).toBeLessThanOrEqual(Date.now());
  });

  it('is what its query gives, with the clock that it was computed by', () => {
    expect(verify(mesh, data, 'test.ages').answer).toMatchObject({ ok: true });
  });

  it('makes up for what was missed while it was down, once', async () => {
    await wharf.stop();
    const stoppedMs = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 2 * EVERY_MS));
    wharf = await WharfProcess.start({ mesh, data });
    await expect.poll(async () => Date.parse((await rows())[0]?.due ?? '')).toBeGreaterThan(stoppedMs);
    const { position } = await wharf.get<{ position: number }>('/p/test.ages/v1/rows');
    const follower = await StreamFollower.open(`${wharf.url}/p/test.ages/v1/stream?from=earliest`);
    const dues = (await follower.through(position)).map(({ document }) =>
      Date.parse((document as unknown as Age).due),
    );
    const [last = 0] = dues.filter((due) => due <= stoppedMs).slice(-1);
    const [next = 0] = dues.filter((due) => due > stoppedMs);
    expect(next - last, 'between the last instant before and the first one after').toBeGreaterThan(EVERY_MS);
  });
});
