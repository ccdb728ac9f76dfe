import { WharfError } from '../../base/errors.ts';
import { parseSchedule, type Schedule } from '../../base/schedule.ts';
import type { OptionField } from '../../schema/options.ts';
import './errors.ts';

/** What a spec may say about every input that asks a query; in front of them stands where it is asked. */
export const queryOptionFields: readonly OptionField[] = [
  {
    name: 'sql',
    type: 'string',
    required: true,
    doc: 'A query; its columns are read into the fields of their names.',
    example: 'select id, name from customers where not hidden',
  },
  {
    name: 'every',
    type: 'string',
    default: '5m',
    doc: 'When to ask: a duration, also with a time of day (1d at 05:00Z), or a cron line with a time zone.',
    example: '1d at 05:00Z',
  },
  {
    name: 'mode',
    type: 'string',
    enum: ['whole', 'news'],
    default: 'whole',
    replaces: 'whole',
    doc: 'whole: the answer is all rows, and a key that is gone is deleted. news: only rows from the last value of "by" on.',
  },
  {
    name: 'by',
    type: 'string',
    doc: 'news: a column that grows with each change, such as updated_at; deletes are not seen.',
    example: 'updated_at',
  },
];

export interface QueryOptions {
  readonly sql: string;
  readonly schedule: Schedule;
  /** Undefined reads all. */
  readonly by: string | undefined;
}

/** Throws QUERY_OPTIONS_INVALID. */
export function readQueryOptions(options: Readonly<Record<string, unknown>>): QueryOptions {
  const every = String(options.every ?? '5m');
  const schedule = parseSchedule(every);
  if (!schedule)
    invalid(`every: ${every}`, 'a schedule', 'Write 15m, 1d at 05:00Z, or five cron fields and a time zone.');
  const isNews = options.mode === 'news';
  const by = options.by === undefined ? undefined : String(options.by);
  if (isNews && by === undefined) invalid('mode: news', 'the option "by"', 'Name a column that grows.');
  if (!isNews && by !== undefined) invalid(`by: ${by}`, 'mode: news', 'Write mode: news, or leave "by" out.');
  return { sql: String(options.sql).trim().replace(/;\s*$/, ''), schedule, by };
}

function invalid(given: string, expected: string, hint: string): never {
  throw new WharfError('QUERY_OPTIONS_INVALID', `The option "${given}" does not fit; expected ${expected}.`, {
    hint,
  });
}
