/** The columns that a query gives against the fields that a dataset declares. */
import { didYouMean } from '../base/suggest.ts';
import type { EngineColumn } from '../engine/engine.ts';
import type { Field } from '../schema/field.ts';
import { typeText } from '../schema/field.ts';
import { fieldOfSqlType } from '../schema/field-of-sql-type.ts';
import { sqlName, sqlType } from '../schema/sql-type.ts';

export interface ColumnProblem {
  readonly message: string;
  readonly expected?: string;
  readonly received?: string;
  readonly hint?: string;
}

export function compareColumns(fields: readonly Field[], columns: readonly EngineColumn[]): ColumnProblem[] {
  const given = new Map(columns.map((column) => [column.name, column]));
  const missing = fields
    .filter((field) => !given.has(field.name))
    .map((field) => missingColumn(field, columns));
  const extra = columns
    .filter((column) => !fields.some((field) => field.name === column.name))
    .map((column) => extraColumn(column, fields));
  const twice = columns
    .filter((column, i) => columns.findIndex((other) => other.name === column.name) < i)
    .map(repeatedColumn);
  const other = fields.flatMap((field) => {
    const column = given.get(field.name);
    return column && !fits(field, column.type) ? [otherType(field, column)] : [];
  });
  return [...missing, ...extra, ...twice, ...other];
}

function missingColumn(field: Field, columns: readonly EngineColumn[]): ColumnProblem {
  const near = didYouMean(
    field.name,
    columns.map((column) => column.name),
  );
  return {
    message: `The transform gives no column "${field.name}".`,
    expected: `a column "${field.name}" of the type ${typeText(field)}`,
    received: `the columns ${columns.map((column) => column.name).join(', ')}`,
    hint: near || `Select something as ${field.name}, or remove the field.`,
  };
}

function extraColumn(column: EngineColumn, fields: readonly Field[]): ColumnProblem {
  const near = didYouMean(
    column.name,
    fields.map((field) => field.name),
  );
  return {
    message: `The transform gives a column "${column.name}" that is not among the fields.`,
    hint: near || 'Declare the field, or leave the column out.',
  };
}

function repeatedColumn(column: EngineColumn): ColumnProblem {
  return {
    message: `The transform gives the column "${column.name}" more than once.`,
    hint: 'Give one of them another name.',
  };
}

function otherType(field: Field, column: EngineColumn): ColumnProblem {
  return {
    message: `The transform's column "${field.name}" has a type that does not fit its field.`,
    expected: `${typeText(field)} (${sqlType(field)} in SQL)`,
    received: column.type,
    hint: hintFor(field, column),
  };
}

function hintFor(field: Field, column: EngineColumn): string {
  const name = sqlName(field.name);
  if (field.type === 'json') return `Write: to_json(${name})`;
  if (field.type === 'timestamp' && field.zone !== 'local' && column.type.startsWith('TIMESTAMP')) {
    return `Say in which time zone it is read, e.g. ${name} at time zone 'UTC'; or declare the field with zone: local.`;
  }
  if (field.type === 'timestamp' && column.type === 'TIMESTAMP WITH TIME ZONE')
    return `Write: ${name} at time zone 'UTC'; or declare the field without zone: local.`;
  return `Write: cast(... as ${sqlType(field)})`;
}

/** Whether every value of the engine's type is one of the field, or is found not to be when it is read; nothing is rounded. */
export function fits(field: Field, type: string): boolean {
  if (type === 'NULL' || type === '"NULL"') return true;
  if (field.type === 'json') return type === 'JSON' || type === 'VARCHAR';
  const given = fieldOfSqlType(field.name, type);
  return fieldFits(field, given, type);
}

const INTEGER_DIGITS: Readonly<Record<string, number>> = {
  TINYINT: 3,
  UTINYINT: 3,
  SMALLINT: 5,
  USMALLINT: 5,
  INTEGER: 10,
  UINTEGER: 10,
  BIGINT: 19,
  UBIGINT: 20,
  HUGEINT: 39,
  UHUGEINT: 39,
};
/** A double holds integers of so many digits. */
const DOUBLE_DIGITS = 15;

function fieldFits(field: Field, given: Field, type: string): boolean {
  const digits = INTEGER_DIGITS[type];
  switch (field.type) {
    case 'integer':
      return digits !== undefined;
    case 'number':
      return given.type === 'number' || (digits !== undefined && digits <= DOUBLE_DIGITS);
    case 'decimal':
      return decimalFits(field, given, digits);
    case 'string':
      return given.type === 'string';
    case 'timestamp':
      return given.type === 'timestamp' && (given.zone === 'local') === (field.zone === 'local');
    case 'object':
      return given.type === 'object' && membersFit(field.fields ?? [], given.fields ?? []);
    case 'array':
      return (
        given.type === 'array' &&
        field.items !== undefined &&
        given.items !== undefined &&
        fits(field.items, sqlTypeOf(given.items))
      );
    default:
      return given.type === field.type;
  }
}

function decimalFits(field: Field, given: Field, integerDigits: number | undefined): boolean {
  const [precision, scale] = [field.precision ?? 38, field.scale ?? 0];
  if (integerDigits !== undefined) return integerDigits <= precision - scale || integerDigits > 19;
  if (given.type !== 'decimal') return false;
  const [givenPrecision, givenScale] = [given.precision ?? 38, given.scale ?? 0];
  return givenScale <= scale && givenPrecision - givenScale <= precision - scale;
}

function membersFit(fields: readonly Field[], given: readonly Field[]): boolean {
  if (fields.length !== given.length) return false;
  return fields.every((field) => {
    const member = given.find((g) => g.name === field.name);
    return member !== undefined && fits(field, sqlTypeOf(member));
  });
}

/** JSON inside another type is told by the engine as JSON, and held as text. */
function sqlTypeOf(field: Field): string {
  return field.type === 'json' ? 'JSON' : sqlType(field);
}
