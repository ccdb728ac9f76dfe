/**
 * How the columns of a table become the members of a record: which of them are read, and how each of their texts is written as JSON.
 * A shape belongs to one list of columns; when the table is altered, the server sends the new list before the next change.
 */
import { WharfError } from '../../base/errors.ts';
import { type Field, typeText } from '../../schema/field.ts';
import './errors.ts';

/** The JSON text of a value of a source. */
export type ToJson<Value> = (value: Value) => string;

/** A column as its source describes it. */
export interface SourceColumn<Value> {
  readonly name: string;
  /** In the source's words, for messages. */
  readonly type: string;
  /** How its values are written for a field, or as they are where no field names it; undefined when the field cannot hold them. */
  toJsonFor(field: Field | undefined): ToJson<Value> | undefined;
}

/** The values of a row; undefined where the source did not send one. */
export type Cells<Value> = readonly (Value | null | undefined)[];

/** What of a product decides how rows are read. */
export interface RowContract {
  /** `sales.orders`, for messages. */
  readonly table: string;
  readonly fields: readonly Field[];
  readonly keepsExtra: boolean;
  /** The product's key. */
  readonly key: readonly string[];
}

/** JSON texts of members, in the order of the shape's columns; undefined where the server did not send the value. */
export type Members = readonly (string | undefined)[];

interface ReadColumn<Value> {
  readonly name: string;
  /** In the row. */
  readonly index: number;
  readonly label: string;
  readonly toJson: ToJson<Value>;
}

export class RowShape<Value = string> {
  readonly columns: readonly ReadColumn<Value>[];
  /** Columns that no field names, and that are not kept. */
  readonly unread: readonly string[];
  readonly #key: readonly number[];

  private constructor(
    columns: readonly ReadColumn<Value>[],
    unread: readonly string[],
    key: readonly string[],
  ) {
    this.columns = columns;
    this.unread = unread;
    this.#key = key.map((name) => columns.findIndex((column) => column.name === name));
  }

  /** Throws SOURCE_COLUMN when a field has no column, or one of a type that does not fit. */
  static of<Value>(contract: RowContract, source: readonly SourceColumn<Value>[]): RowShape<Value> {
    const fields = new Map(contract.fields.map((field) => [field.name, field]));
    const columns: ReadColumn<Value>[] = [];
    const unread: string[] = [];
    for (const [index, column] of source.entries()) {
      const { name } = column;
      const field = fields.get(name);
      if (!field && !contract.keepsExtra) {
        unread.push(name);
        continue;
      }
      const toJson = column.toJsonFor(field);
      if (!toJson) throw changed(contract.table, name, column.type, typeText(field as Field));
      columns.push({ name, index, label: `${JSON.stringify(name)}:`, toJson });
    }
    for (const field of contract.fields) {
      if (!columns.some((column) => column.name === field.name))
        throw gone(contract.table, field.name, unread);
    }
    return new RowShape(columns, unread, contract.key);
  }

  members(cells: Cells<Value>): Members {
    return this.columns.map(({ index, toJson }) => memberOf(cells[index], toJson));
  }

  document(members: Members): string {
    return `{${this.columns.map(({ label }, i) => `${label}${members[i]}`).join(',')}}`;
  }

  /** The members of the product's key alone. */
  keyDocument(members: Members): string {
    return `{${this.#key.map((i) => `${this.columns[i]?.label}${members[i]}`).join(',')}}`;
  }

  /** The text forms of the key's values. */
  keyTexts(members: Members): string[] {
    return this.#key.map((i) => {
      const json = members[i] ?? 'null';
      return json.startsWith('"') ? (JSON.parse(json) as string) : json;
    });
  }
}

function memberOf<Value>(value: Value | null | undefined, toJson: ToJson<Value>): string | undefined {
  if (value === undefined) return undefined;
  return value === null ? 'null' : toJson(value);
}

function changed(table: string, column: string, type: string, wanted: string): WharfError {
  return new WharfError(
    'SOURCE_COLUMN',
    `The column "${column}" of "${table}" is of type ${type}, and the field "${column}" is ${wanted}, which cannot hold it.`,
    { hint: 'Give the field a type that holds it (string holds everything); nothing is read until then.' },
  );
}

function gone(table: string, field: string, unread: readonly string[]): WharfError {
  const others = unread.length > 0 ? ` Columns that no field names: ${unread.join(', ')}.` : '';
  return new WharfError(
    'SOURCE_COLUMN',
    `"${table}" has no column "${field}", which a field names.${others}`,
    {
      hint: 'Remove the field, or give it the new name of the column; nothing is read until then.',
    },
  );
}
