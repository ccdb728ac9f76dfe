/** What every destination must do, whatever it is. */
import { afterEach, describe, expect, test } from 'vitest';
import { watchCrashPoints } from '../../src/base/crash-points.ts';
import { integerBetween, oneOf, seededRandom } from '../../src/base/random.ts';
import type { DeliveryConnector, DeliveryMode, Destination } from '../../src/kit/delivery.ts';
import { PlainProduct, type PlainRecord, type Row } from './plain-product.ts';

/** A place that is delivered to, as its readers see it. */
export interface DeliveryPlace {
  /** Opens the destination as another process would. The name tells deliveries apart. */
  open(product: PlainProduct, mode: DeliveryMode, name?: string): Promise<Destination>;
  /** The rows that are there, in the order of the key, or of the positions; undefined where nothing is yet. */
  read(mode: DeliveryMode): Promise<Row[] | undefined>;
  /** Puts something there that no delivery made, and gives a way to see whether it is still as it was. */
  occupy?(): Promise<() => Promise<boolean>>;
  close(): Promise<void>;
}

export interface DeliveryUnderTest {
  readonly connector: DeliveryConnector;
  readonly modes: readonly DeliveryMode[];
  makePlace(): Promise<DeliveryPlace>;
  /** Of the steps at which a restart is tried: every one, or each so many-th where a step takes long. */
  readonly stepStride: number;
  /** What it cannot do, and why. */
  readonly waivers: Readonly<Partial<Record<Waivable, string>>>;
}

/** What may be waived. */
export type Waivable = 'readers see whole positions' | 'two writers' | 'leaves alone what it did not make';

export const SEED = Number(process.env.WHARF_SEED ?? 7);
const RECORDS = 14;
/** Up to where the product is published when the delivery looks again. */
const STAGES = [5, 8, 9, RECORDS] as const;
/** Of a run that is broken off: the fewer, the more steps. */
const BROKEN_STAGES = [4, 9] as const;
/** Positions of one batch; another number after a restart, as when more was published meanwhile. */
const BATCH = 3;
const BATCH_AFTER_RESTART = 4;
const STEPS_MAX = 500;
const NAMES = ['a', 'ü"\'\n,\\N', '', null, '=1+1', '  x  ', '\u2028', '123456789012345678901'];

class Ended extends Error {}

export function describeDelivery(under: DeliveryUnderTest): void {
  const { connector, waivers } = under;
  describe(`${connector.name} as a destination`, () => {
    const places: DeliveryPlace[] = [];
    afterEach(async () => {
      watchCrashPoints(undefined);
      await Promise.all(places.splice(0).map((place) => place.close()));
    });
    const makePlace = async () => {
      places.push(await under.makePlace());
      return places.at(-1) as DeliveryPlace;
    };
    const folder = process.env.TMPDIR ?? '/tmp';
    const product = new PlainProduct(folder, someRecords(), []);

    describe.each(under.modes)('%s', (mode) => {
      test('holds what the product held, at each position that it names', async () => {
        const place = await makePlace();
        for (const published of STAGES) {
          await deliver(place, product, mode, published);
          expect(await place.read(mode), `at ${published}, seed ${SEED}`).toEqual(
            expected(product, mode, published),
          );
        }
      });

      test('ends with the same after a restart at every step', async () => {
        for (let step = 1; step < STEPS_MAX; step += under.stepStride) {
          const place = await makePlace();
          const struck = await withRestart(place, { product, mode, step }, under);
          await places.pop()?.close();
          if (!struck) return;
        }
        throw new Error(`there were more than ${STEPS_MAX} steps`);
      });

      test('makes everything anew when its rows mean something else', async () => {
        const place = await makePlace();
        await deliver(place, product, mode, 8);
        const wider = new PlainProduct(folder, product.records, ['colour']);
        const destination = await place.open(wider, mode);
        expect(destination.position).toBeUndefined();
        await destination.close();
        await deliver(place, wider, mode, RECORDS);
        if (connector.guarantee === 'exactly-once')
          expect(await place.read(mode)).toEqual(expected(wider, mode, RECORDS));
      });
    });

    const waived = (what: Waivable) => ({ skip: waivers[what] !== undefined });
    const named = (what: Waivable, name: string) =>
      waivers[what] === undefined ? name : `${name}: waived, ${waivers[what]}`;
    const [mode] = under.modes as readonly [DeliveryMode];

    test(named('two writers', 'lets the later of two writers win'), waived('two writers'), async () => {
      const place = await makePlace();
      await deliver(place, product, mode, 5);
      const first = await place.open(product, mode);
      const second = await place.open(product, mode);
      await expect(turn(first, product, mode, 8)).rejects.toMatchObject({ code: 'DELIVERY_FENCED' });
      expect(await place.read(mode)).toEqual(expected(product, mode, 5));
      while (second.position !== RECORDS) await turn(second, product, mode, RECORDS);
      expect(await place.read(mode)).toEqual(expected(product, mode, RECORDS));
      await Promise.all([first.close(), second.close()]);
    });

    const alone = 'leaves alone what it did not make';
    test(named(alone, alone), waived(alone), async () => {
      const ours = await makePlace();
      await deliver(ours, product, mode, 5);
      const there = await ours.read(mode);
      await refused(() => ours.open(product, mode, 'another'));
      expect(await ours.read(mode)).toEqual(there);
      const theirs = await makePlace();
      const isAsItWas = await theirs.occupy?.();
      await refused(() => theirs.open(product, mode));
      expect(await isAsItWas?.()).toBe(true);
    });
  });
}

async function refused(open: () => Promise<Destination>): Promise<void> {
  const opened = open();
  opened.then(
    (destination) => destination.close(),
    () => undefined,
  );
  await expect(opened).rejects.toMatchObject({ code: 'DELIVERY_OCCUPIED' });
}

/** As a delivery goes on: everything, or what is new. */
async function turn(
  destination: Destination,
  product: PlainProduct,
  mode: DeliveryMode,
  published: number,
  batch = BATCH,
): Promise<void> {
  const { position } = destination;
  if (position === undefined || !destination.apply) return destination.load(product.state(mode, published));
  const through = Math.min(published, position + batch);
  return destination.apply(product.changes(mode, position, through));
}

async function deliver(
  place: DeliveryPlace,
  product: PlainProduct,
  mode: DeliveryMode,
  published: number,
  batch?: number,
): Promise<void> {
  const destination = await place.open(product, mode);
  try {
    while (destination.position !== published) await turn(destination, product, mode, published, batch);
  } finally {
    await destination.close();
  }
}

interface Run {
  readonly product: PlainProduct;
  readonly mode: DeliveryMode;
  /** Of the steps that the delivery takes, the one that is never taken. */
  readonly step: number;
}

/** False when there were fewer steps. */
async function withRestart(
  place: DeliveryPlace,
  { product, mode, step }: Run,
  { connector, waivers }: DeliveryUnderTest,
): Promise<boolean> {
  let steps = 0;
  let struck: string | undefined;
  const watch = (name: string) => {
    if (!name.startsWith('deliver.') || ++steps !== step) return;
    struck = name;
    throw new Ended(name);
  };
  for (const published of BROKEN_STAGES) {
    const at = () => `step ${step} (${struck}), on the way to ${published}, ${mode}, seed ${SEED}`;
    watchCrashPoints(watch);
    await deliver(place, product, mode, published).catch((thrown: unknown) => {
      if (!(thrown instanceof Ended)) throw thrown;
    });
    watchCrashPoints(undefined);
    const seen = await place.read(mode);
    if (!waivers['readers see whole positions']) expect(isWhole(seen, product, mode), at()).toBe(true);
    await deliver(place, product, mode, published, BATCH_AFTER_RESTART);
    const rows = (await place.read(mode)) ?? [];
    const right = expected(product, mode, published);
    if (connector.guarantee === 'exactly-once' || mode === 'state') expect(rows, at()).toEqual(right);
    else expect(firstOfEach(rows), at()).toEqual(right);
  }
  return struck !== undefined;
}

/** Whether rows are what the product held at one position, or nothing yet. */
function isWhole(rows: readonly Row[] | undefined, product: PlainProduct, mode: DeliveryMode): boolean {
  if (rows === undefined) return true;
  const text = JSON.stringify(rows);
  return Array.from({ length: product.head + 1 }, (_, position) => position).some(
    (position) => JSON.stringify(expected(product, mode, position)) === text,
  );
}

function expected(product: PlainProduct, mode: DeliveryMode, position: number): Row[] {
  if (mode === 'state') return product.rowsAt(position);
  return product.records.slice(0, position).map((record) => ({
    _op: record.op,
    _position: String(record.position),
    ...Object.fromEntries(
      product.columns.map((name) => {
        const isKept = record.op === 'upsert' || name === 'id';
        return [name, isKept ? (record.row[name] ?? null) : null];
      }),
    ),
  }));
}

/** Records that came again, in order, are seen once. */
function firstOfEach(rows: readonly Row[]): Row[] {
  const seen = new Set<string | null>();
  return rows.filter(({ _position: position = null }) => {
    if (seen.has(position)) return false;
    seen.add(position);
    return true;
  });
}

function someRecords(): PlainRecord[] {
  const random = seededRandom(SEED);
  const there = new Set<string>();
  return Array.from({ length: RECORDS }, (_, i) => {
    const position = i + 1;
    const ids = [...there];
    if (ids.length > 2 && integerBetween(random, 1, 4) === 1) {
      const id = oneOf(random, ids);
      there.delete(id);
      return { position, op: 'delete' as const, row: { id } };
    }
    const id = String(integerBetween(random, 1, 6));
    there.add(id);
    return { position, op: 'upsert' as const, row: { id, name: oneOf(random, NAMES) } };
  });
}
