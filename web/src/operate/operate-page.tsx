import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { StatusDocument } from '../api/documents.ts';
import { addressOf, followed, pathOf } from '../api/queries.ts';
import { bytes, compactCount, count, plural } from '../base/format.ts';
import { Dot, HealthDot } from '../base/parts.tsx';
import { Empty, Loaded } from '../base/states.tsx';
import { Ago } from '../base/time.tsx';
import { useUrlState } from '../base/url-state.ts';
import { useTitle } from '../base/use-title.ts';
import { ConsumerTable } from './consumer-table.tsx';
import { DeliveryTable } from './delivery-table.tsx';
import { TaskTable } from './task-table.tsx';

const OPERATE_REFRESH_MS = 2_000;
const SHOWN_MAX = 500;

export function OperatePage() {
  useTitle('Operate');
  const query = useQuery(followed<StatusDocument>('/api/status', OPERATE_REFRESH_MS));
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Operate</h1>
          <p className="lead">What runs, how fast, and what needs a hand.</p>
        </div>
      </div>
      <Loaded query={query} rows={14}>
        {(status) => (
          <div className="stack">
            <Process status={status} />
            <Trouble status={status} />
            <Products status={status} />
          </div>
        )}
      </Loaded>
    </>
  );
}

function Process({ status }: { readonly status: StatusDocument }) {
  const { memory, journal, products } = status;
  const disk = products.flatMap(({ datasets }) => datasets).reduce((sum, dataset) => sum + dataset.bytes, 0);
  const rate = products.flatMap(({ tasks }) => tasks).reduce((sum, task) => sum + task.rate, 0);
  const facts: readonly (readonly [string, string, string])[] = [
    [
      'Products',
      count(products.length),
      `${products.filter(({ health }) => health === 'ok').length} up to date`,
    ],
    ['Records now', `${compactCount(rate)}/s`, 'through all tasks'],
    ['Journal', bytes(journal.bytes), `${compactCount(journal.records)} records in it`],
    ['Runs on disk', bytes(disk), 'Parquet, all products'],
    [
      'Memory',
      bytes(memory.main + memory.engines),
      `${bytes(memory.main)} main, ${bytes(memory.engines)} engines`,
    ],
  ];
  return (
    <section className="strip" aria-label="The process">
      {facts.map(([name, value, note]) => (
        <div key={name} className="fact">
          <span className="soft small">{name}</span>
          <strong className="numeric">{value}</strong>
          <span className="soft small numeric">{note}</span>
        </div>
      ))}
    </section>
  );
}

function Trouble({ status }: { readonly status: StatusDocument }) {
  const failing = status.products.flatMap((product) =>
    product.tasks.flatMap((task) => (task.lastError ? [{ product, task, error: task.lastError }] : [])),
  );
  if (failing.length === 0) return null;
  return (
    <section className="stack" aria-label="Needs attention">
      {failing.map(({ product, task, error }) => (
        <div key={task.task} className="notice bad">
          <div>
            <strong>{error.message}</strong>
            {error.hint && <p className="soft">{error.hint}</p>}
            <p className="soft small">
              <Link href={pathOf(addressOf(product.product))}>{product.product}</Link> ·{' '}
              <code>{task.task}</code> · <code>{error.code}</code>
            </p>
          </div>
        </div>
      ))}
    </section>
  );
}

function Products({ status }: { readonly status: StatusDocument }) {
  const [params, change] = useUrlState();
  const only = params.get('only') ?? 'all';
  const words = params.get('q') ?? '';
  const open = params.get('open');
  const shown = status.products.filter(
    (product) =>
      product.product.includes(words) &&
      (only === 'all' ||
        (only === 'rejects'
          ? product.rejects > 0
          : product.health !== 'ok' || product.quality.heldAt !== undefined)),
  );
  return (
    <section className="card flush" aria-label="Products">
      <div className="card-head row spread">
        <fieldset className="segments" aria-label="Which products">
          {[
            ['all', 'All'],
            ['trouble', 'Not up to date'],
            ['rejects', 'With rejects'],
          ].map(([value, label]) => (
            <button
              key={value}
              type="button"
              aria-pressed={only === value}
              onClick={() => change({ only: value === 'all' ? undefined : value })}
            >
              {label}
            </button>
          ))}
        </fieldset>
        <input
          type="search"
          className="input narrow"
          placeholder="Filter by name"
          aria-label="Filter by name"
          value={words}
          onChange={(event) => change({ q: event.currentTarget.value })}
        />
      </div>
      {shown.length === 0 ? (
        <Empty title="None." />
      ) : (
        <div className="table-frame">
          <table className="table">
            <thead>
              <tr>
                <th>Product</th>
                <th>State</th>
                <th className="end">Position</th>
                <th>Last record</th>
                <th className="end">Records/s</th>
                <th className="end">Rejects</th>
                <th className="end">On disk</th>
                <th>Tasks</th>
              </tr>
            </thead>
            <tbody>
              {shown.slice(0, SHOWN_MAX).map((product) => (
                <ProductRows
                  key={product.product}
                  product={product}
                  isOpen={open === product.product}
                  onOpen={() => change({ open: open === product.product ? undefined : product.product })}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {shown.length > SHOWN_MAX && (
        <p className="soft small card-foot">{`The first ${SHOWN_MAX} of ${plural(shown.length, 'product')} are shown: filter by name.`}</p>
      )}
    </section>
  );
}

interface ProductRowsProps {
  readonly product: StatusDocument['products'][number];
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}

function ProductRows({ product, isOpen, onOpen }: ProductRowsProps) {
  const path = pathOf(addressOf(product.product));
  const rate = product.tasks.reduce((sum, task) => sum + task.rate, 0);
  return (
    <>
      <tr>
        <td>
          <Link href={path}>{product.product}</Link>
        </td>
        <td>
          <HealthDot health={product.health} heldAt={product.quality.heldAt ?? null} />
          {product.outdated && (
            <div className="small">
              <Dot tone="warn">transform changed</Dot>
            </div>
          )}
        </td>
        <td className="end">{count(product.position)}</td>
        <td>{product.lastRecordAt === undefined ? '' : <Ago at={product.lastRecordAt} />}</td>
        <td className="end">{rate === 0 ? <span className="soft">quiet</span> : count(rate)}</td>
        <td className="end">
          {product.rejects === 0 ? (
            <span className="soft">none</span>
          ) : (
            <Link href={`${path}/rejects`}>{count(product.rejects)}</Link>
          )}
        </td>
        <td className="end">{bytes(product.datasets.reduce((sum, dataset) => sum + dataset.bytes, 0))}</td>
        <td>
          <button type="button" className="more" aria-expanded={isOpen} onClick={onOpen}>
            {isOpen ? 'Hide' : plural(product.tasks.length, 'task')}
          </button>
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={8}>
            <div className="stack">
              <TaskTable tasks={product.tasks.filter(({ task }) => !task.includes('/deliver/'))} />
              {product.deliveries.length > 0 && (
                <DeliveryTable product={product.product} deliveries={product.deliveries} />
              )}
              <ConsumerTable product={addressOf(product.product)} position={product.position} />
            </div>
          </td>
        </tr>
      )}
    </>
  );
}
