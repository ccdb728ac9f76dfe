/**
 * JSON Schema (2020-12) of a dataset's rows in JSON form.
 *
 * JSON Schema's numbers are read as doubles nearly everywhere, so a bound that no double holds exactly, and everything else
 * that JSON Schema cannot say, stands as an annotation `x-...`: readers may show it, and no reader takes it for checked.
 */
import { unreachable } from '../base/assert.ts';
import type { Dataset, Field } from './field.ts';
import { columnsOf, typeText } from './field.ts';
import { digitCounts, doubleText, parseNumber } from './number-text.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface JsonSchemaOptions {
  readonly title: string;
  /** The schema's own address; left out when there is none. */
  readonly id?: string;
}

const LOCAL_TIMESTAMP = '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6})?$';
const TIME_OF_DAY = '^[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6})?$';
/** Up to this many digits before the point, a power of ten is a bound that every reader takes exactly. */
const BOUND_DIGITS_MAX = 15;

/** The schema of one row. JSON all through: it may be put into an OpenAPI document as it is. */
export function datasetJsonSchema(dataset: Dataset, options: JsonSchemaOptions): JsonSchema {
  const fields = dataset.extra === 'ignore' ? dataset.fields : columnsOf(dataset);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...(options.id === undefined ? {} : { $id: options.id }),
    title: options.title,
    ...objectSchema(fields, dataset.extra === 'refuse'),
    ...(dataset.key === 'none' ? {} : { 'x-key': dataset.key }),
  };
}

/** The schema of one field's values, null included where it may be null. */
export function fieldJsonSchema(field: Field): JsonSchema {
  return { ...nullable(field, valueSchema(field)), ...annotations(field) };
}

function objectSchema(fields: readonly Field[], closed: boolean): JsonSchema {
  const required = fields.filter((field) => !mayBeNull(field)).map((field) => field.name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, fieldJsonSchema(field)])),
    ...(required.length > 0 ? { required } : {}),
    ...(closed ? { additionalProperties: false } : {}),
  };
}

/** A default takes the place of null, so null may come. */
function mayBeNull(field: Field): boolean {
  return !field.required || field.default !== undefined;
}

function nullable(field: Field, schema: JsonSchema): JsonSchema {
  if (field.type === 'json') return mayBeNull(field) ? schema : { ...schema, not: { type: 'null' } };
  if (!mayBeNull(field)) return schema;
  const values = Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {};
  return { ...schema, ...values, type: [schema.type, 'null'] };
}

function valueSchema(field: Field): JsonSchema {
  switch (field.type) {
    case 'string':
      return { type: 'string', ...textConstraints(field), ...listed(field) };
    case 'integer':
      return { type: 'integer', format: 'int64', ...bounds(field), ...listed(field) };
    case 'number':
      return { type: 'number', format: 'double', ...bounds(field), ...listed(field) };
    case 'decimal':
      return {
        type: 'number',
        'x-type': typeText(field),
        ...decimalRange(field),
        ...bounds(field),
        ...listed(field),
      };
    case 'boolean':
      return { type: 'boolean', ...listed(field) };
    case 'date':
      return { type: 'string', format: 'date', ...shownBounds(field), ...listed(field) };
    case 'time':
      return { type: 'string', pattern: TIME_OF_DAY, ...shownBounds(field), ...listed(field) };
    case 'timestamp':
      return { type: 'string', ...timestampText(field), ...shownBounds(field), ...listed(field) };
    case 'bytes':
      return { type: 'string', contentEncoding: 'base64', ...base64Length(field) };
    case 'json':
      return {};
    case 'object':
      return objectSchema(field.fields ?? [], true);
    case 'array':
      return {
        type: 'array',
        ...(field.items ? { items: fieldJsonSchema(field.items) } : {}),
        ...itemCount(field),
      };
    default:
      return unreachable(field.type);
  }
}

function timestampText(field: Field): JsonSchema {
  return field.zone === 'local' ? { pattern: LOCAL_TIMESTAMP } : { format: 'date-time' };
}

function textConstraints(field: Field): JsonSchema {
  return {
    ...(field.length?.min === undefined ? {} : { minLength: field.length.min }),
    ...(field.length?.max === undefined ? {} : { maxLength: field.length.max }),
    ...(field.format === undefined ? {} : { format: field.format }),
    ...(field.pattern === undefined
      ? {}
      : { [isJsonSchemaPattern(field.pattern) ? 'pattern' : 'x-pattern']: field.pattern }),
  };
}

/** JSON Schema's patterns are those of ECMAScript with the flag `u`; RE2 knows some that are not. */
function isJsonSchemaPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').source !== '';
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return false;
    throw thrown;
  }
}

function base64Length(field: Field): JsonSchema {
  const characters = (bytes: number) => Math.ceil(bytes / 3) * 4;
  return {
    ...(field.length?.min === undefined ? {} : { minLength: characters(field.length.min) }),
    ...(field.length?.max === undefined ? {} : { maxLength: characters(field.length.max) }),
  };
}

function itemCount(field: Field): JsonSchema {
  return {
    ...(field.length?.min === undefined ? {} : { minItems: field.length.min }),
    ...(field.length?.max === undefined ? {} : { maxItems: field.length.max }),
  };
}

function bounds(field: Field): JsonSchema {
  return { ...bound('minimum', field.min), ...bound('maximum', field.max) };
}

function bound(keyword: 'minimum' | 'maximum', text: string | undefined): JsonSchema {
  if (text === undefined) return {};
  const number = exactNumber(text);
  return number === undefined ? { [`x-${keyword}`]: text } : { [keyword]: number };
}

function shownBounds(field: Field): JsonSchema {
  return {
    ...(field.min === undefined ? {} : { 'x-minimum': field.min }),
    ...(field.max === undefined ? {} : { 'x-maximum': field.max }),
  };
}

function decimalRange(field: Field): JsonSchema {
  const digits = (field.precision ?? 38) - (field.scale ?? 0);
  if (digits > BOUND_DIGITS_MAX) return {};
  return { exclusiveMinimum: -(10 ** digits), exclusiveMaximum: 10 ** digits };
}

/** The number, where every reader takes it exactly. */
function exactNumber(text: string): number | undefined {
  const value = parseNumber(text);
  if (!value || doubleText(text) === undefined) return undefined;
  const { before, after } = digitCounts(value);
  return before + after <= BOUND_DIGITS_MAX ? Number(text) : undefined;
}

/** Values that are compared as text by JSON Schema but as instants or decimals by us are only shown. */
function listed(field: Field): JsonSchema {
  if (!field.enum) return {};
  const values = field.enum.map((text) => jsonOf(field, text));
  return values.includes(undefined) ? { 'x-enum': field.enum } : { enum: values };
}

/** A text of the spec as the JSON value that it means; undefined where JSON.parse would change it. */
function jsonOf(field: Field, text: string): unknown {
  switch (field.type) {
    case 'string':
    case 'date':
      return text;
    case 'boolean':
      return text === 'true';
    case 'integer':
    case 'number':
    case 'decimal':
      return exactNumber(text);
    default:
      return undefined;
  }
}

function annotations(field: Field): JsonSchema {
  const byDefault = field.default === undefined ? undefined : jsonOf(field, field.default);
  return {
    ...(field.doc === undefined ? {} : { description: field.doc }),
    ...(field.deprecated === undefined ? {} : { deprecated: true, 'x-deprecated': field.deprecated }),
    ...(byDefault === undefined ? {} : { default: byDefault }),
    ...(field.default !== undefined && byDefault === undefined ? { 'x-default': field.default } : {}),
    ...(field.unit === undefined ? {} : { 'x-unit': field.unit }),
    ...(field.class === undefined ? {} : { 'x-class': field.class }),
    ...(field.meaning === undefined ? {} : { 'x-meaning': field.meaning }),
    ...(field.unique ? { 'x-unique': true } : {}),
  };
}
