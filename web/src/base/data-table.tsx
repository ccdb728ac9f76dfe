import type { Row } from '../api/documents.ts';
import { Cell, isNumeric } from './cell.tsx';

export interface Column {
  readonly name: string;
  readonly type: string | undefined;
}

interface DataTableProps {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** By column: what its heading does, and which way it is sorted. */
  readonly sorting?: {
    readonly by: string | undefined;
    readonly descending: boolean;
    readonly onSort: (name: string) => void;
  };
}

export function DataTable({ label, columns, rows, sorting }: DataTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="table-frame" aria-label={label} tabIndex={0}>
      <table className="table data">
        <thead>
          <tr>
            {columns.map(({ name, type }) => (
              <th key={name} className={isNumeric(type) ? 'end' : ''} aria-sort={sortOf(name, sorting)}>
                {sorting ? (
                  <button type="button" className="sort" onClick={() => sorting.onSort(name)}>
                    {name}
                    {sorting.by === name && (
                      <span aria-hidden="true">{sorting.descending ? ' ↓' : ' ↑'}</span>
                    )}
                  </button>
                ) : (
                  name
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of an answer have no other name
            <tr key={i}>
              {columns.map(({ name, type }) => (
                <td key={name} className={isNumeric(type) ? 'end' : ''}>
                  <Cell value={row[name]} type={type} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function sortOf(name: string, sorting: DataTableProps['sorting']) {
  if (!sorting || sorting.by !== name) return undefined;
  return sorting.descending ? ('descending' as const) : ('ascending' as const);
}
