/**
 * The events of the auctions: the same ones for the same seed. Of fifty, one is a person, three are auctions and the rest bids, as Nexmark has
 * it; about one in ten happened up to 20 seconds before it is told, one in twenty is told twice, and one in thirty takes back something told before.
 */

const EVENT_EVERY_MS = 20;
const LATE_SHARE = 0.1;
const LATE_MS_MAX = 20_000;
const REPEATED_SHARE = 0.05;
const DELETED_SHARE = 0.03;
const TURNS = 50;
const AUCTIONS_OF_TURNS = 3;
/** Sellers and auctions are among those of so many rounds of turns. */
const OPEN_ROUNDS = 4;
const STATES = ['OR', 'ID', 'CA', 'WA'];

/**
 * @typedef {{ product: 'person' | 'auction' | 'bid', op: 'upsert' | 'delete', record: Record<string, number | string> }} AuctionEvent
 */

/**
 * `count` things that happen, and besides them what is told twice or taken back.
 * @param {{ seed: number, count: number }} options
 * @returns {Generator<AuctionEvent>}
 */
export function* auctionEvents({ seed, count }) {
  const random = randomOf(seed);
  /** @type {('person' | 'auction' | 'bid' | undefined)[]} What is there, by its id. */
  const told = [];
  for (let id = 0; id < count; id++) {
    const event = eventOf(id, random);
    told[id] = event.product;
    yield event;
    if (random() < REPEATED_SHARE) yield event;
    if (random() >= DELETED_SHARE) continue;
    const gone = between(random, 0, id);
    const product = told[gone];
    if (product === undefined) continue;
    told[gone] = undefined;
    yield { product, op: 'delete', record: { id: gone } };
  }
}

/** @returns {AuctionEvent} */
function eventOf(id, random) {
  const lateMs = random() < LATE_SHARE ? between(random, 1, LATE_MS_MAX) : 0;
  const at_ms = Math.max(0, id * EVENT_EVERY_MS - lateMs);
  const turn = id % TURNS;
  const round = Math.max(1, Math.floor(id / TURNS));
  const recent = () => TURNS * between(random, Math.max(0, round - OPEN_ROUNDS), round);
  if (turn === 0) {
    const record = { id, name: `person ${id}`, state: STATES[between(random, 0, STATES.length - 1)], at_ms };
    return { product: 'person', op: 'upsert', record };
  }
  if (turn <= AUCTIONS_OF_TURNS) {
    const expires_ms = at_ms + between(random, 1_000, 20_000);
    const record = { id, seller: recent(), category: between(random, 10, 14), at_ms, expires_ms };
    return { product: 'auction', op: 'upsert', record };
  }
  const auction = recent() + between(random, 1, AUCTIONS_OF_TURNS);
  const bidder = TURNS * between(random, 0, round);
  return { product: 'bid', op: 'upsert', record: { id, auction, bidder, price: between(random, 1, 10_000), at_ms } };
}

/**
 * Events in groups that can be pushed as they are: of each product first the upserts, then the deletes. Nothing that was taken back comes again, so the
 * order within a group makes no difference to what is there after it.
 * @param {Iterable<AuctionEvent>} events
 * @param {number} size
 */
export function* pushesOf(events, size) {
  let group = new Map();
  let held = 0;
  for (const { product, op, record } of events) {
    const name = `${op} ${product}`;
    const push = group.get(name) ?? { product, op, records: [] };
    push.records.push(record);
    group.set(name, push);
    held += 1;
    if (held < size) continue;
    yield inOrder(group);
    group = new Map();
    held = 0;
  }
  if (held > 0) yield inOrder(group);
}

function inOrder(group) {
  return [...group.values()].sort((a, b) => (a.op === b.op ? 0 : a.op === 'upsert' ? -1 : 1));
}

/** Whole numbers from `low` to `high`. */
function between(random, low, high) {
  return low + Math.floor(random() * (high - low + 1));
}

/** Mulberry32: numbers in [0, 1). */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
