/** The sheets beside the rows: what the columns mean, what was promised, and what the checks found. */
import type { DeliveryContext } from '../../kit/delivery.ts';
import type { WorkbookTable } from '../../kit/workbook/workbook-chunks.ts';
import { textCell, timestampCell, type XlsxCell } from '../../protocols/xlsx/xlsx-cell.ts';
import { XLSX_CELL_LENGTH_MAX } from '../../protocols/xlsx/xlsx-writer.ts';
import { type Field, typeText } from '../../schema/field.ts';

export interface Written {
  readonly position: number;
  readonly rows: number;
  /** ISO 8601, UTC. */
  readonly writtenAt: string;
}

const WIDE = 60;
const NARROW = 20;

export function aboutTables(context: DeliveryContext, written: Written): readonly WorkbookTable[] {
  return [fieldsTable(context), contractTable(context, written), qualityTable(context)];
}

function fieldsTable({ shape: { dataset } }: DeliveryContext): WorkbookTable {
  const key = dataset.key === 'none' ? [] : dataset.key;
  return {
    name: 'fields',
    columns: columns(['field', 'type', 'key', 'required', 'unit', 'meaning', 'limits', 'classes']),
    rows: dataset.fields.map((field) => [
      text(field.name),
      text(typeText(field)),
      mark(key.includes(field.name)),
      mark(field.required === true),
      text(field.unit),
      text(field.doc),
      text(limitsOf(field)),
      text(field.class?.join(', ')),
    ]),
  };
}

function limitsOf({ min, max, length, pattern, format, enum: values }: Field): string {
  const bounds = [
    ['at least', min],
    ['at most', max],
    ['length from', length?.min],
    ['length to', length?.max],
    ['pattern', pattern],
    ['format', format],
    ['one of', values?.join(', ')],
  ] as const;
  return bounds
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

function contractTable(context: DeliveryContext, written: Written): WorkbookTable {
  const { product, options, shape } = context;
  const facts: readonly (readonly [string, XlsxCell])[] = [
    ['product', text(product.name)],
    ['title', text(product.title)],
    ['version', text(product.version)],
    ['dataset', text(shape.dataset.name)],
    ['purpose', text(product.purpose)],
    ['owner', text(product.owner)],
    ['status', text(product.status)],
    ['tier', text(product.tier)],
    ['rows that are delivered', text(options.filter === undefined ? 'all' : String(options.filter))],
    ['rows', { kind: 'number', literal: String(written.rows) }],
    ['position', { kind: 'number', literal: String(written.position) }],
    ['written at', timestampCell(written.writtenAt)],
    ...context.standing().promises.map((promise) => ['promise', text(promise)] as const),
    ['changes to this file', text('Are lost when it is written again.')],
  ];
  return {
    name: 'contract',
    columns: columns(['fact', 'value'], WIDE),
    rows: facts.map(([name, value]) => [text(name), value]),
  };
}

function qualityTable(context: DeliveryContext): WorkbookTable {
  return {
    name: 'quality',
    columns: columns(['check', 'kind', 'severity', 'status', 'expected', 'position', 'checked at', 'about']),
    rows: context
      .standing()
      .checks.map((check) => [
        text(check.id),
        text(check.kind),
        text(check.severity),
        text(check.status),
        text(check.threshold),
        check.position === null ? null : { kind: 'number', literal: String(check.position) },
        check.checkedAt === null ? null : timestampCell(check.checkedAt),
        text(check.doc),
      ]),
  };
}

function columns(names: readonly string[], width = NARROW) {
  return names.map((name) => ({ name, width }));
}

function mark(isSet: boolean): XlsxCell {
  return isSet ? { kind: 'boolean', value: true } : null;
}

/** What is longer than a cell holds is about the data, not the data: it is cut. */
function text(value: string | undefined): XlsxCell {
  if (value === undefined || value === '') return null;
  return textCell(
    value.length > XLSX_CELL_LENGTH_MAX ? `${value.slice(0, XLSX_CELL_LENGTH_MAX - 1)}…` : value,
    true,
  );
}
