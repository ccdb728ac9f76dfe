/** The states of what is pushed to, kept in plain JavaScript maps, and random changes to them. */
import type { Draw } from './grammar/draw.ts';
import { type Literal, literal, nullable } from './grammar/literal.ts';
import type { DrawnMesh, PushedTable } from './grammar/mesh.ts';

const IDS = 8;
const PARTS = ['a', 'b'];
const NULL_SHARE = 0.25;

type Row = readonly Literal[];

/** Records that are pushed together. */
export interface Push {
  readonly op: 'upsert' | 'delete';
  readonly records: readonly string[];
}

/** Where records of a table are pushed to. */
export interface PushTarget {
  readonly product: string;
  readonly input: string;
}

/** One state for each table of the mesh that is pushed to. */
export function pushedStates({ pushed, derived }: DrawnMesh): PushedState[] {
  const beside = derived.flatMap(({ name, external }) =>
    external ? [new PushedState(external, { product: name, input: external.name })] : [],
  );
  return [
    ...pushed.map((table) => new PushedState(table, { product: table.name, input: 'source' })),
    ...beside,
  ];
}

export class PushedState {
  readonly table: PushedTable;
  readonly target: PushTarget;
  readonly #rows = new Map<string, Row>();
  #appended = 0;

  constructor(table: PushedTable, target: PushTarget) {
    this.table = table;
    this.target = target;
  }

  get rows(): readonly Row[] {
    return [...this.#rows.values()];
  }

  /** Some records, which are in the state at once. */
  change(draw: Draw): Push {
    const isFirst = this.#rows.size === 0;
    const isDelete = this.table.key !== 'none' && this.#rows.size > 0 && draw.chance(0.3);
    const records = draw.times(isFirst ? 6 : 1, isFirst ? 14 : isDelete ? 3 : 6, () =>
      isDelete ? this.#remove(draw) : this.#put(draw),
    );
    return { op: isDelete ? 'delete' : 'upsert', records };
  }

  #put(draw: Draw): string {
    const { columns, key } = this.table;
    const known = [...this.#rows.values()];
    // An exact duplicate, now and then.
    const row =
      known.length > 0 && draw.chance(0.1)
        ? draw.one(known)
        : columns.map(({ name, kind }) => this.#value(draw, name, kind));
    this.#appended += 1;
    this.#rows.set(key === 'none' ? `#${this.#appended}` : this.#keyOf(row), row);
    return objectText(
      columns.map(({ name }) => name),
      row,
    );
  }

  #value(draw: Draw, name: string, kind: PushedTable['columns'][number]['kind']): Literal {
    if (name === 'id') {
      const id = String(draw.between(1, IDS));
      return { json: id, sql: id };
    }
    if (name === 'part') {
      const part = draw.one(PARTS);
      return { json: `"${part}"`, sql: `'${part}'` };
    }
    return draw.chance(NULL_SHARE) ? nullable(draw, kind, 1) : literal(draw, kind);
  }

  /** A delete of a row that is there, or was never there. */
  #remove(draw: Draw): string {
    const { columns, key } = this.table;
    const known = [...this.#rows.values()];
    const row =
      known.length > 0 && draw.chance(0.85)
        ? draw.one(known)
        : columns.map(({ name, kind }) => this.#value(draw, name, kind));
    this.#rows.delete(this.#keyOf(row));
    const names = columns.map(({ name }) => name);
    const kept = key === 'row' ? names : names.filter((name) => key.includes(name));
    return objectText(
      kept,
      kept.map((name) => row[names.indexOf(name)] as Literal),
    );
  }

  #keyOf(row: Row): string {
    const { columns, key } = this.table;
    return JSON.stringify(
      row.filter((_, i) => key === 'row' || key.includes(columns[i]?.name ?? '')).map(({ json }) => json),
    );
  }
}

function objectText(names: readonly string[], values: readonly Literal[]): string {
  return `{${names.map((name, i) => `"${name}":${values[i]?.json}`).join(',')}}`;
}
