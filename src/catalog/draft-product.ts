/** From what was found in a file to the text of a product's spec. */
import { formatCount } from '../base/duration.ts';
import { WharfError } from '../base/errors.ts';
import type { Field } from '../schema/field.ts';
import type { InferredDataset } from '../schema/infer/infer-dataset.ts';
import { type FileProfile, formatOf } from './draft/file-profile.ts';
import { literalGlob } from './draft/literal-glob.ts';
import { isUnmapped, type MappedField, mapFields, mappingSql } from './draft/map-fields.ts';
import { comment, fieldLines, key, list, scalar, sourceFieldLines } from './draft/spec-text.ts';

export interface DraftOptions {
  /** The file's own name; the product is named after it. */
  readonly name: string;
  /** The domain that the product belongs to; one that the mesh has. */
  readonly domain: string;
  /** The path of the file: relative to the mesh folder, or to the connection's, with `/`. */
  readonly path: string;
  readonly connection?: string;
  /** The address that is asked again and again, in place of the file; with a connection, from its address on. */
  readonly url?: string;
  /** The domain's name when left out; must be a team where the mesh has teams. */
  readonly owner?: string;
  /** Where the editor finds the JSON Schema of specs, as seen from the spec file. */
  readonly schema?: string;
}

export interface ProductDraft {
  /** `flights.departures`. */
  readonly product: string;
  /** What to call the spec file: `departures.product.yaml`. */
  readonly fileName: string;
  readonly yaml: string;
  readonly rows: number;
  /** Records that will be rejected, because they are broken in themselves. */
  readonly unreadable: number;
  /** As the product has them. */
  readonly fields: readonly Field[];
  /** As the input declares them; undefined where no transform is needed. */
  readonly inputFields: readonly Field[] | undefined;
  /** The transform's query, over the input `source`. */
  readonly sql: string | undefined;
  readonly key: InferredDataset['key'];
}

export const PRODUCT_SCHEMA = 'node_modules/wharf/schemas/product.schema.json';
const INPUT = 'source';
const SHORT_NAME_LENGTH_MAX = 63;

/** The spec that takes in every record of the file that the profile was made of. Throws DRAFT_NAME_UNUSABLE. */
export function draftProduct(profile: FileProfile, options: DraftOptions): ProductDraft {
  const { dataset } = profile;
  if (options.url !== undefined) checkForWeb(profile, options);
  const fields = mapFields(dataset.fields.map((inferred) => inferred.field));
  const targetKey = keyOf(dataset, fields);
  const shortName = productName(options.name);
  const lines = [
    ...headLines(profile, options, shortName),
    '',
    ...inputLines(profile, options, fields),
    ...(isUnmapped(fields) ? [] : transformLines(fields)),
    '',
    ...keyLines(targetKey),
    ...(hasChoices(dataset)
      ? [comment('Each enum holds the values that were seen; remove it to let others in.')]
      : []),
    'fields:',
    ...fieldLines(shownFields(dataset, fields), '  '),
    '',
    'access:',
    '  - { allow: [anyone] }',
  ];
  return {
    product: `${options.domain}.${shortName}`,
    fileName: `${shortName}.product.yaml`,
    yaml: `${lines.join('\n')}\n`,
    rows: dataset.rows,
    unreadable: profile.unreadable,
    fields: fields.map((field) => field.target),
    inputFields: isUnmapped(fields) ? undefined : fields.map((field) => field.source),
    sql: isUnmapped(fields) ? undefined : mappingSql(fields, INPUT),
    key: targetKey,
  };
}

/** `Flights 2k.json.gz` -> `flights-2k`. */
export function productName(file: string): string {
  const base = file.split(/[/\\]/).at(-1) ?? '';
  const words = base
    .replace(/\.gz$/i, '')
    .replace(/(.)\.[a-z0-9]+$/i, '$1')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const name = /^[a-z]/.test(words) ? words : `data-${words}`;
  return name.slice(0, SHORT_NAME_LENGTH_MAX).replace(/-+$/, '');
}

function headLines({ dataset, unreadable }: FileProfile, options: DraftOptions, shortName: string): string[] {
  const counted = `${formatCount(dataset.rows)} ${dataset.rows === 1 ? 'record' : 'records'}`;
  const broken = `${formatCount(unreadable)} more are broken and will be set aside, with the reason.`;
  return [
    `# yaml-language-server: $schema=${options.schema ?? PRODUCT_SCHEMA}`,
    comment(`Drafted from ${options.path}: ${counted} looked at, all of which fit.`),
    ...(unreadable > 0 ? [comment(broken)] : []),
    `product: ${options.domain}.${shortName}`,
    'version: 1.0.0',
    'status: active',
    `owner: ${options.owner ?? options.domain}`,
    'alignment: source',
    'tier: bronze',
    `purpose: ${scalar(`What ${fileNameOf(options.name)} holds, as captured.`)}  # what should people use it for?`,
  ];
}

function fileNameOf(name: string): string {
  return name.split(/[/\\]/).at(-1) ?? name;
}

function inputLines(profile: FileProfile, options: DraftOptions, fields: readonly MappedField[]): string[] {
  const parts =
    options.url === undefined
      ? ['from: file', `path: ${scalar(literalGlob(options.path))}`, ...formatParts(profile, options)]
      : ['from: http', `url: ${scalar(options.url)}`, ...webParts(profile)];
  if (options.connection !== undefined) parts.splice(1, 0, `connection: ${scalar(options.connection)}`);
  if (isUnmapped(fields)) return ['inputs:', `  ${INPUT}: { ${parts.join(', ')} }`];
  const sources = fields.map((field) => field.source);
  return [
    'inputs:',
    `  ${INPUT}:`,
    ...parts.map((part) => `    ${part}`),
    '    fields:',
    ...sourceFieldLines(sources, '      '),
  ];
}

/** What the input `http` has no words for. Throws DRAFT_NOT_FOR_WEB. */
function checkForWeb({ format, csv }: FileProfile, { path }: DraftOptions): void {
  if (format !== 'parquet' && csv?.columns === undefined && (csv?.quote ?? '"') === '"') return;
  throw new WharfError(
    'DRAFT_NOT_FOR_WEB',
    `What "${path}" answers cannot be read from there again and again.`,
    {
      hint: 'Fetch it once, as a file: wharf add --once',
    },
  );
}

/** The format too: what a server says of its answers may change. */
function webParts({ format, csv, records }: FileProfile): string[] {
  return [
    `format: ${format}`,
    ...(csv && csv.delimiter !== ',' ? [`delimiter: ${scalar(csv.delimiter)}`] : []),
    ...(records === undefined ? [] : [`records: ${scalar(records)}`]),
    'mode: snapshot',
  ];
}

/** The options that the file's name does not say. */
function formatParts(profile: FileProfile, { path }: DraftOptions): string[] {
  const parts = formatOf(path) === profile.format ? [] : [`format: ${profile.format}`];
  const { csv } = profile;
  if (csv) {
    const usual = /\.tsv(\.gz)?$/i.test(path) ? '\t' : ',';
    if (csv.delimiter !== usual) parts.push(`delimiter: ${scalar(csv.delimiter)}`);
    if (csv.quote !== '"') parts.push(`quote: ${scalar(csv.quote)}`);
    if (csv.columns && csv.header) parts.push('header: true');
    if (csv.columns) parts.push(`columns: ${list(csv.columns)}`);
  }
  if (profile.records !== undefined) parts.push(`records: ${scalar(profile.records)}`);
  return parts;
}

function transformLines(fields: readonly MappedField[]): string[] {
  const sql = mappingSql(fields, INPUT).trimEnd().split('\n');
  return ['transform:', '  sql: |', ...sql.map((line) => `    ${line}`)];
}

function keyLines(of: InferredDataset['key']): string[] {
  if (of === 'row') return ['key: row  # no field was seen to be different in every record'];
  if (typeof of === 'string') return [`key: ${of}`];
  return [`key: [${of.map(key).join(', ')}]  # seen to be different in every record`];
}

function hasChoices(dataset: InferredDataset): boolean {
  return dataset.fields.some(
    ({ field }) => field.enum !== undefined || field.fields?.some((member) => member.enum),
  );
}

function keyOf(dataset: InferredDataset, fields: readonly MappedField[]): InferredDataset['key'] {
  if (typeof dataset.key === 'string') return dataset.key;
  const names = new Map(fields.map(({ source, target }) => [source.name, target.name]));
  return dataset.key.map((name) => names.get(name) ?? name);
}

function shownFields(dataset: InferredDataset, fields: readonly MappedField[]) {
  return fields.map(({ target }, i) => ({ field: target, samples: dataset.fields[i]?.samples ?? [] }));
}
