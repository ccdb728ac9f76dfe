import { createHash } from 'node:crypto';
import { columnsOf, type Dataset, type Field } from '../../schema/field.ts';
import type { DerivePlan } from '../../transform/derive-plan.ts';
import { derivedSetup } from '../../transform/typescript/guest-setup.ts';

/** By the id of the product that is read. */
export type Positions = Readonly<Record<string, number>>;

/** What a derived product's state was computed from; journaled with the records that bring the state there. */
export interface DeriveCursor {
  readonly positions: Positions;
  /** The transform that did it. */
  readonly transform: string;
  /** For a transform on a schedule: the instant that was due, in milliseconds since 1970. */
  readonly dueMs?: number | undefined;
  /** The first answer ever: until the next instant is due, it follows its inputs, which may have just begun to fill. */
  readonly isFirst?: boolean | undefined;
  /** For TypeScript: the inputs of which a row was looked up; undefined when that is not known. */
  readonly lookedUp?: readonly string[] | undefined;
  /** More of the first answer is to come; consumers see nothing of it. */
  readonly isPart?: boolean | undefined;
  /** The product's own position from which on its state is that of the query. */
  readonly position: number;
}

/** What an answer is the answer for. */
export type Moment = Pick<DeriveCursor, 'positions' | 'dueMs'>;

export function deriveTaskName(product: string): string {
  return `derive/${product}`;
}

export function samePositions(a: Positions, b: Positions): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** Changes whenever the same positions of the inputs may give other rows. */
export function deriveHash(plan: DerivePlan): string {
  const tables = plan.tables.map(({ name, stream, dataset }) => [name, stream, shapeOf(dataset)]);
  // Bounds decide what TypeScript is handed, and nothing for SQL.
  const source = plan.language === 'typescript' ? [plan.sql, derivedSetup(plan)] : plan.sql;
  const identity = JSON.stringify([source, tables, shapeOf(plan.dataset)]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 16);
}

function shapeOf(dataset: Dataset): unknown {
  return [dataset.key, columnsOf(dataset).map(typeOf)];
}

function typeOf(field: Field): unknown {
  const members = field.fields?.map(typeOf);
  return [
    field.name,
    field.type,
    field.precision,
    field.scale,
    field.zone,
    members,
    field.items && typeOf(field.items),
    // What stands for all records of a key depends on it.
    field.reduce,
  ];
}
