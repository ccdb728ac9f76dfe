/** A delivered table's columns, as Postgres has them. */
import type { DeliveryShape } from '../../kit/delivery.ts';
import { CHANGE_COLUMNS, KEY_COLUMN } from '../../kit/delivery.ts';
import { postgresName, postgresText } from '../../kit/postgres-client.ts';
import type { Field } from '../../schema/field.ts';

export interface TableColumn {
  readonly name: string;
  /** As `format_type` prints it. */
  readonly type: string;
  /** Its text is base64 and has to be decoded. */
  readonly isBytes: boolean;
  readonly doc: string | undefined;
  readonly isRequired: boolean;
}

/** In the order in which rows are written. */
export function tableColumns(shape: DeliveryShape): TableColumn[] {
  const [op, position, time] = CHANGE_COLUMNS;
  const changes =
    shape.mode === 'changes'
      ? [
          plain(op, 'text', 'upsert or delete.'),
          plain(position, 'bigint', 'The position of the record in the product.'),
          plain(time, 'timestamp with time zone', 'When the record was journaled.'),
        ]
      : [];
  const key = shape.hasKeyColumn ? [plain(KEY_COLUMN, 'text', 'The SHA-256 of the key.')] : [];
  const keys = keyNames(shape);
  const fields = shape.dataset.fields.map((field) => ({
    name: field.name,
    type: postgresType(field),
    isBytes: field.type === 'bytes',
    doc: docOf(field),
    // A contract may tighten; only what identifies rows is held here too.
    isRequired: keys.includes(field.name),
  }));
  return [...changes, ...key, ...fields];
}

/** What identifies a row there; empty when nothing does. */
export function keyNames({ dataset, hasKeyColumn, mode }: DeliveryShape): readonly string[] {
  if (mode === 'changes') return [CHANGE_COLUMNS[1]];
  if (dataset.key === 'none') return [];
  return hasKeyColumn ? [KEY_COLUMN] : (dataset.key as readonly string[]);
}

export function createTableSql(table: string, columns: readonly TableColumn[]): string {
  const lines = columns.map(
    ({ name, type, isRequired }) => `${postgresName(name)} ${type}${isRequired ? ' not null' : ''}`,
  );
  return `create table ${table} (${lines.join(', ')})`;
}

export function commentsSql(table: string, doc: string, columns: readonly TableColumn[]): string[] {
  const documented = columns.filter((column) => column.doc !== undefined);
  return [
    `comment on table ${table} is ${postgresText(doc)}`,
    ...documented.map(
      (column) =>
        `comment on column ${table}.${postgresName(column.name)} is ${postgresText(column.doc ?? '')}`,
    ),
  ];
}

/** The column out of the text of it that was sent. */
export function storedValue({ name, isBytes }: TableColumn, from: string): string {
  const column = `${from}.${postgresName(name)}`;
  return isBytes ? `decode(${column}, 'base64')` : column;
}

/** The type in which the column's text is read. */
export function sentType({ type, isBytes }: TableColumn): string {
  return isBytes ? 'text' : type;
}

function plain(name: string, type: string, doc: string): TableColumn {
  return { name, type, isBytes: false, doc, isRequired: true };
}

function docOf({ doc, unit }: Field): string | undefined {
  if (unit === undefined) return doc;
  return doc === undefined ? `In ${unit}.` : `${doc} (${unit})`;
}

function postgresType(field: Field): string {
  switch (field.type) {
    case 'string':
      return 'text';
    case 'integer':
      return 'bigint';
    case 'number':
      return 'double precision';
    case 'decimal':
      return `numeric(${field.precision ?? 38},${field.scale ?? 0})`;
    case 'boolean':
    case 'date':
      return field.type;
    case 'time':
      return 'time without time zone';
    case 'timestamp':
      return `timestamp ${field.zone === 'local' ? 'without' : 'with'} time zone`;
    case 'bytes':
      return 'bytea';
    case 'json':
    case 'object':
    case 'array':
      return 'jsonb';
  }
}
