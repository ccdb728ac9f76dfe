import { useEffect, useRef, useState } from 'react';
import type { ProductDocument } from '../api/documents.ts';
import { follow, type LiveRecord } from '../api/follow.ts';
import { Cell } from '../base/cell.tsx';
import { count } from '../base/format.ts';
import { Dot, Tag } from '../base/parts.tsx';
import { Empty, ErrorNotice } from '../base/states.tsx';
import { Time } from '../base/time.tsx';

const KEPT_MAX = 200;
const DRAW_EVERY_MS = 200;
/** What is shown at once, so that a quiet product is not an empty page. */
const RECENT = 20;

export function LiveView({ product }: { readonly product: ProductDocument }) {
  const [isPaused, setPaused] = useState(false);
  const { records, seen, problem, isOpen } = useLive(product, isPaused);
  return (
    <section className="card flush" aria-label="Live records">
      <div className="card-head row spread">
        <h2>Live</h2>
        <div className="row">
          <span className="soft small numeric">{count(seen)} seen here</span>
          {isPaused ? (
            <Dot tone="none">paused</Dot>
          ) : (
            <Dot tone={isOpen ? 'good' : 'warn'}>{isOpen ? 'following' : 'connecting'}</Dot>
          )}
          <button type="button" className="button" onClick={() => setPaused(!isPaused)}>
            {isPaused ? 'Go on' : 'Pause'}
          </button>
        </div>
      </div>
      {problem && <ErrorNotice error={problem} />}
      {records.length === 0 ? (
        <Empty title="No record yet.">The next one shows here as it comes.</Empty>
      ) : (
        <Records records={records} />
      )}
    </section>
  );
}

function Records({ records }: { readonly records: readonly LiveRecord[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="table-frame live" aria-label="Newest records" tabIndex={0}>
      <table className="table data">
        <thead>
          <tr>
            <th className="end">Position</th>
            <th>Journaled</th>
            <th>Change</th>
            <th>Record</th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <tr key={record.position}>
              <td className="end">{count(record.position)}</td>
              <td>
                <Time at={record.time} />
              </td>
              <td>
                <Tag tone={record.op === 'delete' ? 'bad' : 'good'}>{record.op}</Tag>
              </td>
              <td className="mono wide">
                <Cell value={record.document ?? record.key} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Records are gathered as they come and drawn a few times a second, however many there are. */
function useLive(product: ProductDocument, isPaused: boolean) {
  const [records, setRecords] = useState<readonly LiveRecord[]>([]);
  const [seen, setSeen] = useState(0);
  const [problem, setProblem] = useState<Error | undefined>();
  const [isOpen, setOpen] = useState(false);
  const from = useRef(Math.max(1, product.position - RECENT + 1));
  const href = product._links.stream?.href;
  useEffect(() => {
    if (href === undefined || isPaused) return undefined;
    const stop = new AbortController();
    let gathered: LiveRecord[] = [];
    const timer = setInterval(() => {
      if (gathered.length === 0) return;
      const next = gathered.toReversed();
      gathered = [];
      setSeen((before) => before + next.length);
      setRecords((before) => [...next, ...before].slice(0, KEPT_MAX));
    }, DRAW_EVERY_MS);
    void follow({
      path: `${href}?from=${from.current}`,
      signal: stop.signal,
      onRecords: (more) => {
        from.current = (more.at(-1)?.position ?? from.current) + 1;
        gathered.push(...more);
        if (gathered.length > KEPT_MAX * 5) gathered.splice(0, gathered.length - KEPT_MAX * 5);
      },
      onState: (state) => {
        setOpen(state === undefined);
        setProblem(state);
      },
    });
    return () => {
      stop.abort();
      clearInterval(timer);
      setOpen(false);
    };
  }, [href, isPaused]);
  return { records, seen, problem, isOpen };
}
