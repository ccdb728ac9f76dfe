import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { Loaded } from '../base/states.tsx';
import type { TableInfo } from './use-tables.ts';

interface TableListProps {
  readonly tables: UseQueryResult<readonly TableInfo[]>;
  readonly onPick: (table: string) => void;
}

const SHOWN_MAX = 200;

export function TableList({ tables, onPick }: TableListProps) {
  const [words, setWords] = useState('');
  return (
    <aside className="stack tables" aria-label="Tables">
      <input
        type="search"
        className="input"
        placeholder="Filter tables"
        aria-label="Filter tables"
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      <Loaded query={tables} rows={8}>
        {(all) => {
          const found = all.filter(({ schema, table }) =>
            `${schema}.${table}`.includes(words.trim().toLowerCase()),
          );
          return (
            <div className="table-list">
              {found.slice(0, SHOWN_MAX).map((table) => (
                <TableItem key={`${table.schema}.${table.table}`} table={table} onPick={onPick} />
              ))}
            </div>
          );
        }}
      </Loaded>
    </aside>
  );
}

function TableItem({
  table: { schema, table, columns },
  onPick,
}: {
  readonly table: TableInfo;
  readonly onPick: (table: string) => void;
}) {
  const name = `${schema}.${table}`;
  return (
    <details>
      <summary>
        <span className="mono">{name}</span>
      </summary>
      <button type="button" className="more small" onClick={() => onPick(name)}>
        Select from it
      </button>
      <ul className="plain small">
        {columns.map((column) => (
          <li key={column.name}>
            <span className="mono">{column.name}</span>{' '}
            <span className="soft">{column.type.toLowerCase()}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
