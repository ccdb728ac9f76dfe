/** From a source's names to the names of fields, and the SQL that does the same to its records. */
import { WharfError } from '../../base/errors.ts';
import type { Field } from '../../schema/field.ts';
import { sqlName, sqlText } from '../../schema/sql-type.ts';
import '../errors.ts';
import { fieldNames } from './column-names.ts';

const SOURCE_NAME_LENGTH_MAX = 255;

export interface MappedField {
  /** As the source has it. */
  readonly source: Field;
  /** As the product has it: the same type under names that fields may have. */
  readonly target: Field;
}

/** Throws DRAFT_NAME_UNUSABLE for names that no input can declare. */
export function mapFields(fields: readonly Field[]): MappedField[] {
  const settled = fields.map(settle);
  const fault = unusableName(settled);
  if (fault !== undefined) {
    throw new WharfError(
      'DRAFT_NAME_UNUSABLE',
      `The name ${JSON.stringify(fault)} of a member cannot be told from others.`,
      {
        hint: `Rename it at the source: names have 1 to ${SOURCE_NAME_LENGTH_MAX} characters and differ in more than case.`,
      },
    );
  }
  return zipNames(settled);
}

/** True when the source's names are all field names, so that no transform is needed. */
export function isUnmapped(fields: readonly MappedField[]): boolean {
  return fields.every(({ source, target }) => source === target);
}

/** A SELECT that gives the targets from a table whose columns are the sources. */
export function mappingSql(fields: readonly MappedField[], table: string): string {
  const columns = fields.map(
    ({ source, target }) => `  ${mappedSql(sqlName(source.name), source, target, 1)} as ${target.name}`,
  );
  return `select\n${columns.join(',\n')}\nfrom ${table}\n`;
}

/** Nested objects whose members cannot be columns of a struct are held as JSON. */
function settle(field: Field): Field {
  if (field.type === 'array' && field.items) return { ...field, items: settle(field.items) };
  if (field.type !== 'object') return field;
  const members = (field.fields ?? []).map(settle);
  if (unusableName(members) === undefined) return { ...field, fields: members };
  const { fields: _, ...rest } = field;
  return { ...rest, type: 'json' };
}

function unusableName(fields: readonly Field[]): string | undefined {
  const seen = new Set<string>();
  for (const { name } of fields) {
    const folded = name.toLowerCase();
    if (name === '' || name.length > SOURCE_NAME_LENGTH_MAX || name.includes('\0') || seen.has(folded))
      return name;
    seen.add(folded);
  }
  return undefined;
}

function zipNames(fields: readonly Field[]): MappedField[] {
  const names = fieldNames(fields.map((field) => field.name));
  return fields.map((source, i) => ({ source, target: renamed(source, names[i] ?? source.name) }));
}

/** The field under its new name; the very same object when nothing in it changes. */
function renamed(field: Field, name: string): Field {
  const inner = renamedInside(field);
  return inner === field && name === field.name ? field : { ...inner, name };
}

function renamedInside(field: Field): Field {
  if (field.type === 'array' && field.items) {
    const items = renamedInside(field.items);
    return items === field.items ? field : { ...field, items };
  }
  if (field.type !== 'object') return field;
  const members = zipNames(field.fields ?? []);
  return isUnmapped(members) ? field : { ...field, fields: members.map((member) => member.target) };
}

function mappedSql(value: string, source: Field, target: Field, depth: number): string {
  if (renamedInside(source) === source) return value;
  if (source.items && target.items) {
    const item = `item${depth}`;
    return `list_transform(${value}, lambda ${item}: ${mappedSql(item, source.items, target.items, depth + 1)})`;
  }
  const indent = '  '.repeat(depth);
  const members = (source.fields ?? []).map((member, i) => {
    const to = target.fields?.[i] ?? member;
    const from = `struct_extract(${value}, ${sqlText(member.name)})`;
    return `\n${indent}  ${sqlName(to.name)} := ${mappedSql(from, member, to, depth + 1)}`;
  });
  return `case when ${value} is null then null else struct_pack(${members.join(',')}\n${indent}) end`;
}
