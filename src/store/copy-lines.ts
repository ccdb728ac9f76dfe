import { sqlText } from '../schema/sql-type.ts';

/** One text a line, as it is: CSV without quotes, whose delimiter no JSON text can hold. */
export function copyLinesSql(select: string, file: string): string {
  return `COPY (${select}) TO ${sqlText(file)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')`;
}
