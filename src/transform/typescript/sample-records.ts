/** Made-up records of a contract, for trying a transform before there is data. The same seed gives the same records. */
import { unreachable } from '../../base/assert.ts';
import { integerBetween, oneOf, type Random } from '../../base/random.ts';
import type { Field } from '../../schema/field.ts';

const TEXTS = ['', 'a', 'NA', 'ORD', '0123', 'Zürich', '2001/01/31 22:27', '12.50', 'two words'];
const DATES = ['1999-12-31', '2001-02-25', '2024-02-29'];
const TIMES = ['00:00:00', '06:30:00', '23:59:59.5'];
const JSONS = ['{"a":[1,2.50,null]}', '[]', '"text"', '9007199254740993'];
const ITEMS_MAX = 3;
/** Of members that need not be there, one in so many is null. */
const NULL_ONE_IN = 4;

/** A record in JSON form. */
export function sampleRecord(fields: readonly Field[], random: Random): string {
  const members = fields.map((field) => `${JSON.stringify(field.name)}:${sampleValue(field, random)}`);
  return `{${members.join(',')}}`;
}

function sampleValue(field: Field, random: Random): string {
  if (!field.required && integerBetween(random, 1, NULL_ONE_IN) === 1) return 'null';
  if (field.enum)
    return field.type === 'string' ? JSON.stringify(oneOf(random, field.enum)) : oneOf(random, field.enum);
  switch (field.type) {
    case 'string':
      return JSON.stringify(oneOf(random, TEXTS));
    case 'integer':
      return sampleInteger(field, random);
    case 'number':
      return String(bounded(field, integerBetween(random, -2_000, 2_000) / 8));
    case 'decimal':
      return bounded(field, integerBetween(random, -9, 9)).toFixed(field.scale ?? 0);
    case 'boolean':
      return String(random.next() < 0.5);
    case 'date':
      return JSON.stringify(oneOf(random, DATES));
    case 'time':
      return JSON.stringify(oneOf(random, TIMES));
    case 'timestamp':
      return JSON.stringify(
        `${oneOf(random, DATES)}T${oneOf(random, TIMES)}${field.zone === 'local' ? '' : 'Z'}`,
      );
    case 'json':
      return oneOf(random, JSONS);
    case 'bytes':
      return '"AQID"';
    case 'object':
      return sampleRecord(field.fields ?? [], random);
    case 'array': {
      const { items } = field;
      const count = integerBetween(random, 0, ITEMS_MAX);
      return `[${Array.from({ length: items ? count : 0 }, () => sampleValue(items as Field, random)).join(',')}]`;
    }
    default:
      return unreachable(field.type);
  }
}

/** One of the values that a JavaScript number does not hold, unless the bounds leave them out. */
function sampleInteger(field: Field, random: Random): string {
  const isFree = field.min === undefined && field.max === undefined;
  if (isFree && integerBetween(random, 1, 8) === 1) return '9007199254740993';
  return String(Math.trunc(bounded(field, integerBetween(random, -1_000, 1_000))));
}

function bounded({ min, max }: Field, value: number): number {
  const from = min === undefined ? value : Math.max(value, Number(min));
  return max === undefined ? from : Math.min(from, Number(max));
}
