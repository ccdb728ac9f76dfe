import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { getJson } from '../api/client.ts';
import type { RowsDocument } from '../api/documents.ts';
import { addressOf, pathOf } from '../api/queries.ts';
import { Cell } from '../base/cell.tsx';
import { count } from '../base/format.ts';
import { Empty, Loading } from '../base/states.tsx';
import { Time } from '../base/time.tsx';
import { type Changes, useUrlState } from '../base/url-state.ts';
import { AuditChain } from './audit-chain.tsx';
import { Refused } from './sign-in-notice.tsx';

/** An entry of `system.audit`, as the REST port gives it. */
interface Entry {
  readonly number: number;
  readonly at: string;
  readonly principal: string;
  readonly action: string;
  readonly product: string;
  readonly port: string | null;
  readonly position: number | null;
  readonly purpose: string | null;
  readonly rows: number | null;
  readonly detail: string | null;
}

const PAGE_ROWS = 100;
const FILTERS = ['principal', 'product', 'action', 'port'] as const;

/** Read as any product is, and so in the audit itself; it does not follow by itself, which would fill the audit with its reader. */
export function AuditView() {
  const [params, change] = useUrlState();
  const query = useInfiniteQuery({
    queryKey: ['audit', params.toString()],
    queryFn: ({ pageParam, signal }) => getJson<RowsDocument>(pageParam, signal),
    initialPageParam: auditPath(params),
    getNextPageParam: (page) => page._links.next?.href,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const entries = query.data?.pages.flatMap((page) => page.rows as unknown as Entry[]);
  if (query.error)
    return <Refused error={query.error} title="The audit is for those who run the platform." hides />;
  return (
    <div className="stack">
      <AuditChain />
      <section className="card flush" aria-label="Entries of the audit">
        <Filters params={params} onChange={change} onRead={() => void query.refetch()} />
        {!entries && <Loading rows={10} />}
        {entries?.length === 0 && <Empty title="No entry." />}
        {entries && entries.length > 0 && <EntryTable entries={entries} />}
      </section>
      {query.hasNextPage && (
        <button
          type="button"
          className="button self-start"
          disabled={query.isFetching}
          onClick={() => void query.fetchNextPage()}
        >
          {query.isFetching ? 'Loading' : 'Earlier entries'}
        </button>
      )}
    </div>
  );
}

interface FiltersProps {
  readonly params: URLSearchParams;
  readonly onChange: (changes: Changes) => void;
  readonly onRead: () => void;
}

/** Asked for when they are complete: each question to the audit is an entry in it. */
function Filters({ params, onChange, onRead }: FiltersProps) {
  const send = (form: HTMLFormElement) => {
    const given = new FormData(form);
    const wanted = FILTERS.map((name) => [name, String(given.get(name) ?? '').trim()] as const);
    if (wanted.every(([name, value]) => value === (params.get(name) ?? ''))) onRead();
    else onChange(Object.fromEntries(wanted));
  };
  return (
    <form
      className="card-head row"
      onSubmit={(event) => {
        event.preventDefault();
        send(event.currentTarget);
      }}
    >
      {FILTERS.map((name) => (
        <input
          key={`${name} ${params.get(name)}`}
          type="search"
          className="input narrow"
          name={name}
          placeholder={name}
          aria-label={`Filter by ${name}`}
          defaultValue={params.get(name) ?? ''}
        />
      ))}
      <button type="submit" className="button">
        Read
      </button>
    </form>
  );
}

function EntryTable({ entries }: { readonly entries: readonly Entry[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="table-frame" aria-label="List of entries" tabIndex={0}>
      <table className="table data">
        <thead>
          <tr>
            <th className="end">Entry</th>
            <th>When</th>
            <th>Who</th>
            <th>What</th>
            <th>Product</th>
            <th>Port</th>
            <th className="end">Position</th>
            <th className="end">Rows</th>
            <th>What for, or about what</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.number}>
              <td className="end">{count(entry.number)}</td>
              <td>
                <Time at={entry.at} />
              </td>
              <td>
                <Cell value={entry.principal} />
              </td>
              <td>
                <Cell value={entry.action} />
              </td>
              <td>
                <ProductCell id={entry.product} />
              </td>
              <td>{entry.port ?? ''}</td>
              <td className="end">{entry.position === null ? '' : count(entry.position)}</td>
              <td className="end">{entry.rows === null ? '' : count(entry.rows)}</td>
              <td>
                <Cell value={entry.purpose ?? aboutOf(entry.detail)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function ProductCell({ id }: { readonly id: string }) {
  return id.includes('@') ? <Link href={pathOf(addressOf(id))}>{id}</Link> : <Cell value={id} />;
}

/** What a change was about, in as few words as it was told in. */
function aboutOf(detail: string | null): string {
  if (detail === null) return '';
  try {
    const { path, reason } = JSON.parse(detail) as { readonly path?: string; readonly reason?: string };
    return [path, reason].filter((part) => part !== undefined).join(': ') || detail;
  } catch (error) {
    // Not ours to understand: it is shown as it is.
    return error instanceof SyntaxError ? detail : String(error);
  }
}

function auditPath(params: URLSearchParams): string {
  const wanted = new URLSearchParams({ limit: String(PAGE_ROWS), order: 'number.desc' });
  for (const name of FILTERS) {
    const value = params.get(name);
    if (value) wanted.append(name, `ilike.%${value}%`);
  }
  return `/p/system.audit/v1/rows?${wanted}`;
}
