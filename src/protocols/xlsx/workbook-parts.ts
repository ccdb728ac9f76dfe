/** The parts of a workbook beside its sheets: small, and the same but for the number of sheets. */
import type { XlsxTimeKind } from './xlsx-cell.ts';
import { xmlText } from './xml-text.ts';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPES = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

export const PROPERTIES_PATH = 'docProps/custom.xml';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006';
/** What all custom properties have, as the standard says. */
const CUSTOM = '{D5CDD505-2E9C-101B-9397-08002B2CF9AE}';
const FIRST_PROPERTY = 2;

/** Places in the list of cell formats in `styles.xml`. */
export const STYLES = {
  header: 1,
  quoted: 2,
  date: 3,
  'local-seconds': 4,
  'local-millis': 5,
  'utc-seconds': 6,
  'utc-millis': 7,
} as const satisfies Record<XlsxTimeKind | 'header' | 'quoted', number>;

const NUMBER_FORMATS = [
  'yyyy-mm-dd',
  'yyyy-mm-dd hh:mm:ss',
  'yyyy-mm-dd hh:mm:ss.000',
  'yyyy-mm-dd hh:mm:ss"Z"',
  'yyyy-mm-dd hh:mm:ss.000"Z"',
] as const;
/** Numbers below are Excel's own formats. */
const FIRST_FORMAT = 164;

/** Path in the ZIP file and content of each part that comes last, for sheets of the given names. */
export function workbookParts(
  sheets: readonly string[],
  hasProperties: boolean,
): readonly (readonly [path: string, xml: string])[] {
  const properties = hasProperties ? [['custom-properties', PROPERTIES_PATH] as const] : [];
  return [
    ['[Content_Types].xml', contentTypes(sheets, hasProperties)],
    ['_rels/.rels', relations([['officeDocument', 'xl/workbook.xml'], ...properties])],
    ['xl/workbook.xml', workbook(sheets)],
    ['xl/_rels/workbook.xml.rels', workbookRelations(sheets)],
    ['xl/styles.xml', styles()],
  ];
}

/** The file's own properties: named texts. */
export function propertiesXml(properties: Readonly<Record<string, string>>): string {
  const entries = Object.entries(properties).map(
    ([name, value], i) =>
      `<property fmtid="${CUSTOM}" pid="${i + FIRST_PROPERTY}" name="${xmlText(name)}"><vt:lpwstr>${xmlText(value)}</vt:lpwstr></property>`,
  );
  const spaces = `xmlns="${OFFICE}/custom-properties" xmlns:vt="${OFFICE}/docPropsVTypes"`;
  return `${XML}<Properties ${spaces}>${entries.join('')}</Properties>`;
}

/** Path of a sheet in the ZIP file; sheets count from 0. */
export function sheetPath(sheet: number): string {
  return `xl/worksheets/sheet${sheet + 1}.xml`;
}

/** Everything in a sheet before its rows: the header row stays in sight. */
export function sheetStart(widths: readonly number[]): string {
  const columns = widths.map(
    (width, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`,
  );
  const pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>';
  return (
    `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0">${pane}</sheetView></sheetViews>` +
    `<cols>${columns.join('')}</cols><sheetData>`
  );
}

export const SHEET_END = '</sheetData></worksheet>';

function contentTypes(sheets: readonly string[], hasProperties: boolean): string {
  const override = (part: string, type: string) =>
    `<Override PartName="/${part}" ContentType="${TYPES}.${type}+xml"/>`;
  const parts = sheets.map((_, i) => override(sheetPath(i), 'worksheet'));
  const properties = `<Override PartName="/${PROPERTIES_PATH}" ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/>`;
  return (
    `${XML}<Types xmlns="${PACKAGE}/content-types">` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    '<Default Extension="xml" ContentType="application/xml"/>' +
    `${override('xl/workbook.xml', 'sheet.main')}${override('xl/styles.xml', 'styles')}${parts.join('')}${hasProperties ? properties : ''}</Types>`
  );
}

function workbook(sheets: readonly string[]): string {
  const entries = sheets.map((name, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`);
  return `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${entries.join('')}</sheets></workbook>`;
}

function workbookRelations(sheets: readonly string[]): string {
  const parts = sheets.map((_, i) => ['worksheet', sheetPath(i).slice('xl/'.length)] as const);
  return relations([...parts, ['styles', 'styles.xml']]);
}

function relations(targets: readonly (readonly [type: string, target: string])[]): string {
  const entries = targets.map(
    ([type, target], i) => `<Relationship Id="rId${i + 1}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
  );
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${entries.join('')}</Relationships>`;
}

function styles(): string {
  const formats = NUMBER_FORMATS.map(
    (code, i) => `<numFmt numFmtId="${FIRST_FORMAT + i}" formatCode="${code.replaceAll('"', '&quot;')}"/>`,
  );
  const format = (more: string, numFmtId = 0, fontId = 0) =>
    `<xf numFmtId="${numFmtId}" fontId="${fontId}" fillId="0" borderId="0" xfId="0"${more}/>`;
  const cells = [
    format(''),
    format(' applyFont="1"', 0, 1),
    format(' quotePrefix="1"'),
    ...NUMBER_FORMATS.map((_, i) => format(' applyNumberFormat="1"', FIRST_FORMAT + i)),
  ];
  const font = (more: string) => `<font>${more}<sz val="11"/><name val="Calibri"/></font>`;
  return (
    `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="${formats.length}">${formats.join('')}</numFmts>` +
    `<fonts count="2">${font('')}${font('<b/>')}</fonts>` +
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
    `<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
    `<cellXfs count="${cells.length}">${cells.join('')}</cellXfs></styleSheet>`
  );
}
