/** The forms that texts in a spec may have to follow. */
import { SCALAR_TYPES } from '../../schema/field.ts';

/** Which rule answers for a form that is not followed. */
export type FormFamily =
  | 'name'
  | 'version'
  | 'duration'
  | 'schedule'
  | 'share'
  | 'date'
  | 'reference'
  | 'type'
  | 'pattern'
  | 'principal'
  | 'uri';

export interface TextForm {
  readonly family: FormFamily;
  /** A regular expression that both JavaScript and JSON Schema understand. */
  readonly pattern: string;
  /** For messages: `a duration such as 26h`. */
  readonly expected: string;
}

const NAME = '[a-z][a-z0-9-]{0,62}';
const FIELD = '[a-z][a-z0-9_]{0,62}';
const MAJOR = '(0|[1-9][0-9]{0,8})';
const PRODUCT = `${NAME}\\.${NAME}`;
const FIELD_REFERENCE = `${PRODUCT}(@${MAJOR})?(\\.${NAME})?\\.${FIELD}`;
const DECIMAL = 'decimal\\( *[0-9]+ *, *[0-9]+ *\\)';
const TYPES = `${SCALAR_TYPES.filter((type) => type !== 'decimal').join('|')}|object|array|${DECIMAL}`;
const LABELS = '[0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)*';
const SEMVER = `${MAJOR}\\.${MAJOR}\\.${MAJOR}(-${LABELS})?(\\+${LABELS})?`;
const TYPE_LIST =
  'string, integer, number, decimal(p,s), boolean, date, time, timestamp, json, bytes, object, array';

function form(family: FormFamily, pattern: string, expected: string): TextForm {
  return { family, pattern: `^(${pattern})$`, expected };
}

export const TEXT_FORMS = {
  name: form('name', NAME, 'a lower-case letter, then at most 62 letters, digits or "-"'),
  'input-name': form(
    'name',
    '[a-z][a-z0-9_-]{0,62}',
    'a lower-case letter, then at most 62 letters, digits, "-" or "_"',
  ),
  'field-name': form('name', FIELD, 'a lower-case letter, then at most 62 letters, digits or "_"'),
  'source-field-name': form('name', '[^\\u0000]{1,255}', 'a text of 1 to 255 characters'),
  'product-name': form(
    'name',
    PRODUCT,
    '"domain.name", each a lower-case letter, then at most 62 letters, digits or "-"',
  ),
  version: form('version', SEMVER, 'a semantic version of three numbers such as 1.2.0'),
  duration: form('duration', '[0-9]+(\\.[0-9]+)?(ms|s|m|h|d|w)', 'a duration such as 500ms, 15m, 26h or 30d'),
  schedule: form(
    'schedule',
    '[0-9]+(\\.[0-9]+)?(ms|s|m|h|d|w)( at [0-9]{2}:[0-9]{2}Z)?|(\\S+ +){4}\\S+( +[A-Za-z]+(/[A-Za-z_+-]+)*)?',
    'a schedule such as 15m, "1d at 05:00Z", or a cron line such as "0 5 * * 1 Europe/Amsterdam"',
  ),
  share: form('share', '(100(\\.0+)?|[0-9]{1,2}(\\.[0-9]+)?) ?%', 'a share from 0% to 100% such as 99.5%'),
  date: form('date', '[0-9]{4}-[0-9]{2}-[0-9]{2}', 'a date such as 2027-01-31'),
  product: form('reference', `${PRODUCT}@${MAJOR}`, 'a product reference such as flights.departures@1'),
  field: form('reference', FIELD_REFERENCE, 'a field of a product such as airports.airports.iata'),
  'field-link': form(
    'reference',
    `${FIELD} *-> *${FIELD_REFERENCE}`,
    'a field, an arrow and a field of a product such as airport -> airports.airports.iata',
  ),
  type: form('type', TYPES, `one of ${TYPE_LIST}`),
  'type-or-field': form(
    'type',
    `${TYPES}|${FIELD_REFERENCE}`,
    `one of ${TYPE_LIST}, or a field to reuse such as airports.airports.iata`,
  ),
  pattern: form('pattern', '[^\\u0000]{1,1000}', 'a regular expression of at most 1,000 characters'),
  principal: form(
    'principal',
    'anyone|(team|user|service|product|delivery):[A-Za-z0-9][A-Za-z0-9._@-]{0,127}',
    'anyone, or a principal such as team:planning or user:ana@example.org',
  ),
  uri: form('uri', '[A-Za-z][A-Za-z0-9+.-]*:[^\\s]+', 'a URI such as https://schema.org/iataCode'),
} as const satisfies Readonly<Record<string, TextForm>>;

export type FormName = keyof typeof TEXT_FORMS;

const compiled = new Map<FormName, RegExp>();

/** Whether a text follows a form. */
export function followsForm(name: FormName, value: string): boolean {
  let pattern = compiled.get(name);
  if (!pattern) {
    pattern = new RegExp(TEXT_FORMS[name].pattern, 's');
    compiled.set(name, pattern);
  }
  return pattern.test(value);
}
