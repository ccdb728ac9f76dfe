/**
 * The rows that a small step needs, found by whole keys (`transform/plan/near-plan.ts`): those that its records touch, and those that these name.
 * Those of the inputs are read in one turn, so that all of them are of one moment; the product's own stand at its head, which nothing but the step moves.
 */
import { present } from '../../base/assert.ts';
import { createTextReader } from '../../schema/renderer.ts';
import { keyName, keyOrder, type RowKey } from '../../store/row-key.ts';
import type { NearRows } from '../../store/store.ts';
import type { DeriveTable } from '../../transform/derive-plan.ts';
import type { NearPlace, NearPlan } from '../../transform/plan/near-plan.ts';
import type { Derivation } from './derivation.ts';
import type { Positions } from './derive-cursor.ts';
import { publishedPositions } from './open-inputs.ts';

/** Records of all inputs that one step takes, and rows that it looks up. */
const RECORDS_MAX = 5_000;
const ROWS_MAX = 20_000;
/** Inputs that move on while their rows are brought near are asked for again so many times. */
const ATTEMPTS_MAX = 3;

export interface LookedUp {
  readonly positions: Positions;
  /** The rows that the query is answered over, by table. */
  readonly rows: ReadonlyMap<string, readonly string[]>;
  /**
   * The product's own rows of the keys that these touch, by name, in the order of the keys; undefined where it has none. Undefined when they are not at
   * hand. They are looked up when it is called, so that this can be done while the engine works.
   */
  state(): Promise<Found | undefined>;
}

/** By name; undefined for keys without a row. */
export type Found = ReadonlyMap<string, string | undefined>;

type NamedPlace = NearPlace & { readonly kind: 'named' };
type TouchedPlace = NearPlace & { readonly kind: 'touched' };

/** For the rows of all places at one moment. */
interface Search {
  readonly at: ReadonlyMap<DeriveTable, number>;
  readonly touched: ReadonlyMap<string, RowKey>;
  readonly found: Map<NearPlace, Found>;
}

interface Moment {
  readonly from: Positions;
  readonly at: ReadonlyMap<DeriveTable, number>;
}

interface Read {
  readonly rows: LookedUp['rows'];
  /** The keys of the output, by name. */
  readonly touched: ReadonlyMap<string, RowKey>;
}

export class NearLookUps {
  readonly #derivation: Derivation;
  readonly #near: NearPlan;
  readonly #order: (a: RowKey, b: RowKey) => number;
  /** What a row names, by place. */
  readonly #namedBy = new Map<NearPlace, (row: string) => string | null>();

  constructor(derivation: Derivation, near: NearPlan) {
    this.#derivation = derivation;
    this.#near = near;
    this.#order = keyOrder(derivation.plan.dataset);
  }

  /** From the positions to those that are published now; undefined where that is much, or not all of it is at hand. */
  async take(from: Positions): Promise<LookedUp | undefined> {
    const { services, plan, product } = this.#derivation;
    const head = services.journal.head(product.id);
    const own = services.store.near(product.id, plan.dataset.name);
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      const positions = publishedPositions(services, plan);
      if (!this.#isSmall(from, positions)) return undefined;
      const at = new Map(this.#tables().map((table) => [table, positions[table.stream] ?? 0]));
      const came = [...at].map(([table, position]) => this.#rowsOf(table).advance(position));
      if (!own.areClose(head)) came.push(own.advance(head));
      const areNear = await Promise.all(came);
      const looked = areNear.every(Boolean) ? this.#readAll({ from, at }) : undefined;
      if (looked) {
        const { rows, touched } = looked;
        return { positions, rows, state: () => stateOf(own, head, this.#inOrder(touched)) };
      }
      // What lies at a later position than it was asked for has moved since.
      if (!this.#hasMoved(positions)) return undefined;
    }
    return undefined;
  }

  #hasMoved(positions: Positions): boolean {
    const { services, plan } = this.#derivation;
    const now = publishedPositions(services, plan);
    return Object.entries(now).some(([stream, position]) => positions[stream] !== position);
  }

  #isSmall(from: Positions, to: Positions): boolean {
    const moves = this.#derivation.plan.tables.map(({ stream }) => (to[stream] ?? 0) - (from[stream] ?? 0));
    return moves.every((move) => move >= 0) && moves.reduce((sum, move) => sum + move, 0) <= RECORDS_MAX;
  }

  /** Those that the query reads. */
  #tables(): readonly DeriveTable[] {
    const read = new Set(this.#near.places.map(({ table }) => table));
    return this.#derivation.plan.tables.filter(({ name }) => read.has(name));
  }

  #tableOf(name: string): DeriveTable {
    return present(
      this.#derivation.plan.tables.find((table) => table.name === name),
      'a place is of a table of the plan',
    );
  }

  #rowsOf({ stream, dataset }: DeriveTable): NearRows {
    return this.#derivation.services.store.near(stream, dataset.name);
  }

  /** The names of the keys. */
  #inOrder(touched: ReadonlyMap<string, RowKey>): readonly string[] {
    return [...touched].sort(([, a], [, b]) => this.#order(a, b)).map(([name]) => name);
  }

  #readAll(moment: Moment): Read | undefined {
    const touched = this.#touched(moment);
    if (!touched) return undefined;
    const found = new Map<NearPlace, Found>();
    for (const place of this.#near.places)
      if (!this.#rowsAt(place, { at: moment.at, touched, found })) return undefined;
    const count = [...found.values()].reduce((sum, { size }) => sum + size, 0);
    if (count > ROWS_MAX) return undefined;
    return { rows: rowsByTable(found), touched };
  }

  /** The keys of the output, by name; undefined where not all are known from the records alone. */
  #touched({ from, at }: Moment): ReadonlyMap<string, RowKey> | undefined {
    const touched = new Map<string, RowKey>();
    for (const [table, to] of at) {
      const after = from[table.stream] ?? 0;
      if (after === to) continue;
      const keys = this.#rowsOf(table).touched(after, to, RECORDS_MAX);
      for (const place of this.#near.places.filter((other) => other.table === table.name)) {
        if (place.kind !== 'touched' || !keys) return undefined;
        for (const key of keys) {
          const output = place.parts.map((_, i) => key[place.parts.indexOf(i)] ?? '');
          touched.set(keyName(output), output);
        }
      }
    }
    return touched;
  }

  #rowsAt(place: NearPlace, search: Search): Found | undefined {
    const known = search.found.get(place);
    if (known) return known;
    const table = this.#tableOf(place.table);
    const names = place.kind === 'named' ? this.#namedAt(place, search) : namesTouched(place, search);
    const rows = names && this.#rowsOf(table).readAll(search.at.get(table) ?? 0, names);
    if (!rows) return undefined;
    const found = new Map(names.map((name, i) => [name, rows[i]]));
    search.found.set(place, found);
    return found;
  }

  /** The keys that the rows found before name, each once. */
  #namedAt(place: NamedPlace, search: Search): readonly string[] | undefined {
    const naming = this.#rowsAt(place.by, search);
    if (!naming) return undefined;
    const textOf = this.#namedIn(place);
    const texts = new Set<string>();
    for (const row of naming.values()) {
      const text = row === undefined ? null : textOf(row);
      if (text !== null) texts.add(text);
    }
    return [...texts].map((text) => keyName([text]));
  }

  #namedIn(place: NamedPlace): (row: string) => string | null {
    const known = this.#namedBy.get(place);
    const reader = known ?? createTextReader(this.#tableOf(place.by.table).dataset, place.column);
    this.#namedBy.set(place, reader);
    return reader;
  }
}

/** At the head. */
async function stateOf(own: NearRows, head: number, names: readonly string[]): Promise<Found | undefined> {
  const rows = (await own.advance(head)) ? own.readAll(head, names) : undefined;
  return rows && new Map(names.map((name, i) => [name, rows[i]]));
}

function namesTouched({ parts }: TouchedPlace, { touched }: Search): readonly string[] {
  if (parts.every((part, i) => part === i)) return [...touched.keys()];
  return [...touched.values()].map((key) => keyName(parts.map((part) => key[part] ?? '')));
}

/** Each row once, though several places may have found it. */
function rowsByTable(found: ReadonlyMap<NearPlace, Found>): ReadonlyMap<string, readonly string[]> {
  const byTable = new Map<string, Map<string, string>>();
  for (const [{ table }, ofPlace] of found) {
    const rows = byTable.get(table) ?? new Map<string, string>();
    for (const [name, row] of ofPlace) if (row !== undefined) rows.set(name, row);
    byTable.set(table, rows);
  }
  return new Map([...byTable].map(([table, rows]) => [table, [...rows.values()]]));
}
