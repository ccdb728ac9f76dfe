import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { DataTable } from '../base/data-table.tsx';
import { count, plural, span } from '../base/format.ts';
import { CopyButton } from '../base/parts.tsx';
import { Empty, ErrorNotice, Loading } from '../base/states.tsx';
import { useUrlState } from '../base/url-state.ts';
import { useTitle } from '../base/use-title.ts';
import { ChartPanel } from './chart-panel.tsx';
import { ROWS_KEPT_MAX, runSql, type SqlAnswer } from './run-sql.ts';
import { SqlEditor } from './sql-editor.tsx';
import { TableList } from './table-list.tsx';
import { type TableInfo, useTables } from './use-tables.ts';

const NO_TABLES: readonly TableInfo[] = [];

export function ExplorePage() {
  useTitle('Explore');
  const [params, change] = useUrlState();
  const asked = params.get('sql') ?? '';
  const at = params.get('at') ?? undefined;
  const [text, setText] = useState(asked);
  useEffect(() => setText((typed) => (asked === '' ? typed : asked)), [asked]);
  const tables = useTables();
  const answer = useQuery({
    queryKey: ['sql', asked, at],
    queryFn: ({ signal }) => runSql({ sql: asked, at, signal }),
    enabled: asked !== '',
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const run = () => {
    if (text.trim() === '') return;
    if (text === asked && at === undefined) void answer.refetch();
    change({ sql: text, at: undefined }, { replace: false });
  };
  return (
    <div className="explore">
      <TableList tables={tables} onPick={(table) => setText(`select * from ${table} limit 100`)} />
      <div className="stack">
        <h1 className="visually-hidden">Explore</h1>
        <section className="card flush editor-card" aria-label="Statement">
          <SqlEditor value={text} tables={tables.data ?? NO_TABLES} onChange={setText} onRun={run} />
          <div className="row editor-foot">
            <button type="button" className="button primary" onClick={run} disabled={answer.isFetching}>
              {answer.isFetching ? 'Running' : 'Run'}
            </button>
            <span className="soft small">
              <kbd>Ctrl</kbd> <kbd>Enter</kbd>
            </span>
            {answer.data && (
              <ShareButtons answer={answer.data} at={at} onPin={(pinned) => change({ at: pinned })} />
            )}
          </div>
        </section>
        <Result
          answer={answer.data}
          error={answer.error}
          isRunning={answer.isFetching}
          isAsked={asked !== ''}
        />
      </div>
    </div>
  );
}

interface ResultProps {
  readonly answer: SqlAnswer | undefined;
  readonly error: unknown;
  readonly isRunning: boolean;
  readonly isAsked: boolean;
}

function Result({ answer, error, isRunning, isAsked }: ResultProps) {
  const [params, change] = useUrlState();
  if (error) return <ErrorNotice error={error} />;
  if (!answer)
    return isRunning ? (
      <Loading rows={10} />
    ) : (
      <div className="card">
        <Empty title={isAsked ? 'No answer yet.' : 'Ask the mesh in SQL.'}>
          Products are tables: the domain is the schema. One statement reads all of them at one moment.
        </Empty>
      </div>
    );
  const isChart = params.get('show') === 'chart';
  return (
    <section className="card flush" aria-label="Answer">
      <div className="card-head row spread">
        <div className="row">
          <fieldset className="segments" aria-label="Show as">
            <button type="button" aria-pressed={!isChart} onClick={() => change({ show: undefined })}>
              Table
            </button>
            <button type="button" aria-pressed={isChart} onClick={() => change({ show: 'chart' })}>
              Chart
            </button>
          </fieldset>
          <span className="soft small numeric" role="status">
            {answer.isCut ? `the first ${count(ROWS_KEPT_MAX)} rows` : plural(answer.rows.length, 'row')} in{' '}
            {span(answer.tookMs)}
          </span>
        </div>
        <span className="soft small numeric">{positionsText(answer)}</span>
      </div>
      {isChart ? (
        <ChartPanel answer={answer} />
      ) : answer.rows.length === 0 ? (
        <Empty title="No row." />
      ) : (
        <div className="result">
          <DataTable label="Answer" columns={answer.columns} rows={answer.rows} />
        </div>
      )}
    </section>
  );
}

function positionsText({ positions }: SqlAnswer): string {
  return Object.entries(positions)
    .map(([product, position]) => `${product} at ${count(position)}`)
    .join(' · ');
}

interface ShareProps {
  readonly answer: SqlAnswer;
  readonly at: string | undefined;
  readonly onPin: (at: string | undefined) => void;
}

/** A link with the position in it opens the same answer later. Several products have no position in common, but a moment. */
function ShareButtons({ answer, at, onPin }: ShareProps) {
  const positions = Object.values(answer.positions);
  const pin = positions.length === 1 ? String(positions[0]) : answer.answeredAt;
  if (positions.length === 0) return null;
  if (at === undefined)
    return (
      <button type="button" className="button push" onClick={() => onPin(pin)}>
        Pin this answer
      </button>
    );
  return (
    <span className="row push">
      <span className="soft small">pinned at {at}</span>
      <button type="button" className="button quiet" onClick={() => onPin(undefined)}>
        Read newest
      </button>
      <CopyButton text={window.location.href} label="Copy link" />
    </span>
  );
}
