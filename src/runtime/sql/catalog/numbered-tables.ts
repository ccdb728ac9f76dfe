/** The tables of a mesh with the numbers (OIDs) that catalogs know objects by. They follow from the order of names. */
import { columnsOf, keyFieldsOf } from '../../../schema/field.ts';
import type { SqlTable } from '../sql-names.ts';

const SCHEMA_OIDS = 16_384;
const TABLE_OIDS = 20_000;
const KEY_OIDS = 40_000;
const REFERENCE_OIDS = 60_000;
/** References that one table may have a number for. */
const REFERENCES_MAX = 100;

export interface NumberedTable extends SqlTable {
  readonly oid: number;
  readonly schemaOid: number;
  /** Of its key and of the index of its key; undefined where the key is the whole row, which is none that clients could use. */
  readonly keyOid: number | undefined;
  /** Numbers of the columns of the key, from 1. */
  readonly keyNumbers: readonly number[];
  readonly keyName: string;
}

/** A column whose values are those of another table's column, as a check of the product says. */
export interface NumberedReference {
  readonly oid: number;
  readonly name: string;
  readonly from: NumberedTable;
  readonly fromNumber: number;
  readonly to: NumberedTable;
  readonly toNumber: number;
  /** The index that makes the other column unique; 0 where it is not the key of its table. */
  readonly indexOid: number;
}

export function numbered(tables: readonly SqlTable[]): readonly NumberedTable[] {
  const schemas = [...new Set(tables.map(({ schema }) => schema))].sort();
  const sorted = [...tables].sort((a, b) => (`${a.schema}.${a.table}` < `${b.schema}.${b.table}` ? -1 : 1));
  return sorted.map((table, i) => {
    const columns = columnsOf(table.dataset);
    const keys = table.dataset.key === 'row' ? [] : keyFieldsOf(table.dataset);
    return {
      ...table,
      oid: TABLE_OIDS + i,
      schemaOid: SCHEMA_OIDS + schemas.indexOf(table.schema),
      keyOid: keys.length === 0 ? undefined : KEY_OIDS + i,
      keyNumbers: keys.map((field) => columns.indexOf(field) + 1),
      keyName: `${table.table}_pkey`,
    };
  });
}

/** Those whose other side is among the tables. */
export function referencesOf(tables: readonly NumberedTable[]): readonly NumberedReference[] {
  return tables.flatMap((from, at) =>
    from.references.slice(0, REFERENCES_MAX).flatMap(({ field, stream, dataset, target }, i) => {
      const to = tables.find((table) => table.stream === stream && table.dataset.name === dataset);
      const fromNumber = columnNumber(from, field);
      const toNumber = to ? columnNumber(to, target) : 0;
      if (!to || fromNumber === 0 || toNumber === 0) return [];
      const isKey = to.keyNumbers.length === 1 && to.keyNumbers[0] === toNumber;
      return {
        oid: REFERENCE_OIDS + at * REFERENCES_MAX + i,
        name: `${from.table}_${field}_fkey`,
        from,
        fromNumber,
        to,
        toNumber,
        indexOid: isKey ? (to.keyOid ?? 0) : 0,
      };
    }),
  );
}

export function columnName({ dataset }: NumberedTable, number: number): string {
  return columnsOf(dataset)[number - 1]?.name ?? '';
}

function columnNumber({ dataset }: NumberedTable, name: string): number {
  return columnsOf(dataset).findIndex((field) => field.name === name) + 1;
}
