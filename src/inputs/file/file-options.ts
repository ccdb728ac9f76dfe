import { WharfError } from '../../base/errors.ts';
import { parseRecordsPath } from '../../protocols/records-path.ts';
import type { OptionField } from '../../schema/options.ts';
import { EVERY_EXPECTED, EVERY_HINT, everyOption, type PollTimes, parsePollTimes } from '../poll-times.ts';
import './errors.ts';

export const FILE_FORMATS = ['csv', 'json', 'ndjson', 'parquet'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

const text = (name: string, doc: string): OptionField => ({ name, type: 'string', doc });
const item = { name: 'items', type: 'string' } as const;

/** What a spec may say about an input `from: file`. */
export const fileOptionFields: readonly OptionField[] = [
  {
    name: 'path',
    type: 'array',
    items: item,
    single: true,
    required: true,
    path: true,
    doc: 'Files or globs. They are read in this order, files of one glob in the natural order of their names.',
    example: 'data/*.csv',
  },
  {
    ...text('connection', 'The connection of type folder whose folder the paths start from.'),
    connectionName: true,
    connectionTypes: ['folder'],
  },
  {
    ...text('format', 'The format of all files; follows from their suffix when left out.'),
    enum: FILE_FORMATS,
  },
  {
    ...text('delimiter', 'CSV: the character between cells; a tab for .tsv files.'),
    default: ',',
    length: { min: 1, max: 1 },
  },
  {
    ...text('quote', 'CSV: the character around quoted cells; empty for none.'),
    default: '"',
    length: { max: 1 },
  },
  {
    name: 'header',
    type: 'boolean',
    doc: 'CSV: the first record names the columns. True unless `columns` is given.',
  },
  {
    name: 'columns',
    type: 'array',
    items: item,
    doc: 'CSV: the names of the columns, in order.',
    example: '[id, name]',
  },
  {
    name: 'nulls',
    type: 'array',
    items: item,
    single: true,
    doc: 'CSV: unquoted texts that mean null. None by default, so that NA is text.',
    example: '[NA, "-"]',
  },
  { ...text('records', 'JSON: the path to the array of records.'), default: '$', example: '$.features' },
  {
    ...text(
      'mode',
      'append: files add records. snapshot: together they are all records; a key that is gone is deleted.',
    ),
    enum: ['append', 'snapshot'],
    default: 'append',
    replaces: 'snapshot',
  },
  {
    name: 'replay',
    type: 'object',
    doc: 'Delivers the records of each file in the order of a field, as a stream.',
    fields: [
      {
        name: 'by',
        type: 'string',
        required: true,
        doc: 'The field, with dots for members: properties.updated',
      },
      {
        name: 'rate',
        type: 'number',
        min: '0.001',
        doc: 'Records a second; as fast as possible when left out.',
      },
    ],
  },
  everyOption('1s'),
];

export interface FileOptions {
  readonly paths: readonly string[];
  readonly format: FileFormat | undefined;
  /** Undefined: as the suffix says. */
  readonly delimiter: string | undefined;
  readonly quote: string;
  /** The first record of each file is a header. */
  readonly header: boolean;
  readonly columns: readonly string[] | undefined;
  readonly nulls: readonly string[];
  readonly recordsPath: readonly string[];
  readonly mode: 'append' | 'snapshot';
  readonly replay: { readonly by: string; readonly recordsPerSecond: number | undefined } | undefined;
  readonly times: PollTimes;
}

/** Types the options, which were checked one by one; throws FILE_OPTIONS_INVALID for what does not fit together. */
export function readFileOptions(options: Readonly<Record<string, unknown>>): FileOptions {
  const columns = options.columns === undefined ? undefined : listOf(options.columns);
  const header = options.header === undefined ? columns === undefined : options.header === true;
  const mode = options.mode === 'snapshot' ? 'snapshot' : 'append';
  const replay = readReplay(options.replay);
  if (!header && !columns) invalid('header: false', 'the names of the columns', 'Give the option "columns".');
  if (replay && mode === 'snapshot')
    invalid('replay', 'mode: append', 'A snapshot has no order; leave one of the two out.');
  return {
    paths: listOf(options.path),
    format: FILE_FORMATS.find((format) => format === options.format),
    // The default stands in for "not said", so that the suffix .tsv can have its say.
    delimiter: options.delimiter === ',' ? undefined : readCharacter('delimiter', options.delimiter),
    quote: readCharacter('quote', options.quote ?? '"') ?? '"',
    header,
    columns,
    nulls: listOf(options.nulls),
    recordsPath: parseRecordsPath(String(options.records ?? '$')),
    mode,
    replay,
    times: readEvery(String(options.every ?? '1s')),
  };
}

function listOf(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

/** One ASCII character, since the text is cut before it is decoded. */
function readCharacter(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const character = String(value);
  const mayBeEmpty = name === 'quote' && character === '';
  const fits = character.length === 1 && character <= '\u007f' && character !== '\n' && character !== '\r';
  if (fits || mayBeEmpty) return character;
  return invalid(
    `${name}: ${JSON.stringify(character)}`,
    'one ASCII character',
    `Write the option "${name}" as one character.`,
  );
}

function readReplay(value: unknown): FileOptions['replay'] {
  if (typeof value !== 'object' || value === null || !('by' in value)) return undefined;
  const rate =
    'rate' in value && value.rate !== undefined && value.rate !== null ? Number(value.rate) : undefined;
  if (rate !== undefined && !(rate > 0))
    invalid(`rate: ${rate}`, 'a number above 0', 'Give records a second, or leave it out.');
  return { by: String(value.by), recordsPerSecond: rate };
}

function readEvery(value: string): PollTimes {
  return parsePollTimes(value) ?? invalid(`every: ${value}`, EVERY_EXPECTED, EVERY_HINT);
}

function invalid(given: string, expected: string, hint: string): never {
  throw new WharfError('FILE_OPTIONS_INVALID', `The option "${given}" does not fit; expected ${expected}.`, {
    hint,
  });
}
