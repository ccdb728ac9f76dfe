/**
 * How the columns of a table become the members of a record: which of them are read, and how each of their texts is written as JSON.
 * A shape belongs to one list of columns; when the table is altered, the server sends the new list before the next change.
 */
import { WharfError } from '../../base/errors.ts';
import type { Tuple, TupleValue } from '../../protocols/postgres/pgoutput.ts';
import { type Field, typeText } from '../../schema/field.ts';
import type { SourceTypes } from './source-types.ts';
import { fieldOfType, type ToJson, toJsonOf } from './value-json.ts';
import './errors.ts';

export interface ColumnName {
  readonly name: string;
  readonly typeOid: number;
}

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

interface ReadColumn {
  readonly name: string;
  /** In the tuple. */
  readonly index: number;
  readonly label: string;
  readonly toJson: ToJson;
}

export class RowShape {
  readonly columns: readonly ReadColumn[];
  /** Columns that no field names, and that are not kept. */
  readonly unread: readonly string[];
  readonly #key: readonly number[];

  private constructor(columns: readonly ReadColumn[], unread: readonly string[], key: readonly string[]) {
    this.columns = columns;
    this.unread = unread;
    this.#key = key.map((name) => columns.findIndex((column) => column.name === name));
  }

  /** Throws POSTGRES_COLUMN when a field has no column, or one of a type that does not fit. */
  static async of(
    contract: RowContract,
    source: readonly ColumnName[],
    types: SourceTypes,
  ): Promise<RowShape> {
    const fields = new Map(contract.fields.map((field) => [field.name, field]));
    const columns: ReadColumn[] = [];
    const unread: string[] = [];
    for (const [index, { name, typeOid }] of source.entries()) {
      const field = fields.get(name);
      if (!field && !contract.keepsExtra) {
        unread.push(name);
        continue;
      }
      const type = await types.of(typeOid);
      const toJson = toJsonOf(type, field ?? fieldOfType(type, name));
      if (!toJson) throw changed(contract.table, name, type.name, typeText(field as Field));
      columns.push({ name, index, label: `${JSON.stringify(name)}:`, toJson });
    }
    for (const field of contract.fields) {
      if (!columns.some((column) => column.name === field.name))
        throw gone(contract.table, field.name, unread);
    }
    return new RowShape(columns, unread, contract.key);
  }

  members(tuple: Tuple): Members {
    return this.columns.map(({ index, toJson }) => memberOf(tuple[index], toJson));
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

function memberOf(value: TupleValue, toJson: ToJson): string | undefined {
  if (value === undefined) return undefined;
  return value === null ? 'null' : toJson(value);
}

function changed(table: string, column: string, type: string, wanted: string): WharfError {
  return new WharfError(
    'POSTGRES_COLUMN',
    `The column "${column}" of "${table}" is of type ${type}, and the field "${column}" is ${wanted}, which cannot hold it.`,
    { hint: 'Give the field a type that holds it (string holds everything); nothing is read until then.' },
  );
}

function gone(table: string, field: string, unread: readonly string[]): WharfError {
  const others = unread.length > 0 ? ` Columns that no field names: ${unread.join(', ')}.` : '';
  return new WharfError(
    'POSTGRES_COLUMN',
    `"${table}" has no column "${field}", which a field names.${others}`,
    {
      hint: 'Remove the field, or give it the new name of the column; nothing is read until then.',
    },
  );
}
