/** The shape of rows whose columns a Postgres server describes. */
import { type RowContract, RowShape, type SourceColumn } from '../rows/row-shape.ts';
import type { SourceTypes } from './source-types.ts';
import { fieldOfType, toJsonOf } from './value-json.ts';

export interface ColumnName {
  readonly name: string;
  readonly typeOid: number;
}

/** Throws SOURCE_COLUMN, and what asking for types throws. */
export async function shapeOf(
  contract: RowContract,
  columns: readonly ColumnName[],
  types: SourceTypes,
): Promise<RowShape> {
  return RowShape.of(contract, await columnsOf(columns, types));
}

export async function columnsOf(
  columns: readonly ColumnName[],
  types: SourceTypes,
): Promise<SourceColumn<string>[]> {
  const described: SourceColumn<string>[] = [];
  for (const { name, typeOid } of columns) {
    const type = await types.of(typeOid);
    described.push({
      name,
      type: type.name,
      toJsonFor: (field) => toJsonOf(type, field ?? fieldOfType(type, name)),
    });
  }
  return described;
}
