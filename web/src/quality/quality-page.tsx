import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { ProductCard } from '../../../src/runtime/http/product-card.ts';
import type { Incident } from '../../../src/runtime/quality/incidents.ts';
import { addressOf, followed, pathOf } from '../api/queries.ts';
import { count, plural } from '../base/format.ts';
import { Dot, Tag } from '../base/parts.tsx';
import { Empty, Loaded } from '../base/states.tsx';
import { Ago, Time } from '../base/time.tsx';
import { useUrlState } from '../base/url-state.ts';
import { useTitle } from '../base/use-title.ts';

interface Products {
  readonly total: number;
  readonly products: readonly ProductCard[];
}

const SHOWN_MAX = 500;

/** Of all products: who keeps what was promised, and what went wrong when. */
export function QualityPage() {
  useTitle('Quality');
  const products = useQuery(followed<Products>(`/api/products?limit=${SHOWN_MAX}`));
  const incidents = useQuery(followed<{ incidents: readonly Incident[] }>('/api/incidents'));
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Quality</h1>
          <p className="lead">Promises beside measurements, gates, and what happened.</p>
        </div>
      </div>
      <div className="quality-columns">
        <Loaded query={products} rows={12}>
          {(found) => <ProductsTable found={found} />}
        </Loaded>
        <section className="card stack" aria-label="Incidents">
          <h2>Incidents</h2>
          <Loaded query={incidents} rows={6}>
            {(found) => <Incidents incidents={found.incidents} />}
          </Loaded>
        </section>
      </div>
    </>
  );
}

function rank({ heldAt, checks, promises }: ProductCard): number {
  if (heldAt !== null) return 0;
  if (checks.failed > 0 || promises.broken > 0) return 1;
  return 2;
}

function ProductsTable({ found }: { readonly found: Products }) {
  const [params, change] = useUrlState();
  const onlyTrouble = params.get('only') === 'trouble';
  const shown = found.products
    .filter((product) => !onlyTrouble || rank(product) < 2)
    .toSorted((a, b) => rank(a) - rank(b));
  return (
    <section className="card flush" aria-label="Products">
      <div className="card-head row spread">
        <fieldset className="segments" aria-label="Which products">
          <button type="button" aria-pressed={!onlyTrouble} onClick={() => change({ only: undefined })}>
            All
          </button>
          <button type="button" aria-pressed={onlyTrouble} onClick={() => change({ only: 'trouble' })}>
            Broken or held
          </button>
        </fieldset>
        <span className="soft small">{plural(found.total, 'product')}, worst first</span>
      </div>
      {shown.length === 0 ? (
        <Empty title="Every promise that is measured is kept." />
      ) : (
        <div className="table-frame">
          <table className="table">
            <thead>
              <tr>
                <th>Product</th>
                <th>Tier</th>
                <th>Gate</th>
                <th>Promises</th>
                <th>Checks</th>
                <th className="end">Rejects</th>
                <th>Last record</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((product) => (
                <ProductRow key={product.id} product={product} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function ProductRow({ product }: { readonly product: ProductCard }) {
  const { promises, checks } = product;
  return (
    <tr>
      <td>
        <Link href={`${product._links.self.href}/quality`}>{product.name}</Link>
        <div className="soft small">{product.owner}</div>
      </td>
      <td>
        <Tag tone={product.tier}>{product.tier}</Tag>
      </td>
      <td>
        <Gate product={product} />
      </td>
      <td>
        {promises.made === 0 ? (
          <span className="soft">none made</span>
        ) : (
          <Dot tone={promises.broken > 0 ? 'bad' : promises.kept > 0 ? 'good' : 'none'}>
            {promisesText(promises)}
          </Dot>
        )}
      </td>
      <td>
        {checks.total === 0 ? (
          <span className="soft">none declared</span>
        ) : (
          <Dot tone={checks.failed > 0 ? 'bad' : checks.passed < checks.total ? 'warn' : 'good'}>
            {checks.passed} of {checks.total} pass
          </Dot>
        )}
      </td>
      <td className="end">
        {product.rejects === 0 ? (
          <span className="soft">none</span>
        ) : (
          <Link href={`${product._links.self.href}/rejects`}>{count(product.rejects)}</Link>
        )}
      </td>
      <td>{product.lastRecordAt !== null && <Ago at={product.lastRecordAt} />}</td>
    </tr>
  );
}

function promisesText({ made, kept, broken }: ProductCard['promises']): string {
  const unknown = made - kept - broken;
  const parts = [
    broken > 0 && `${broken} broken`,
    kept > 0 && `${kept} kept`,
    unknown > 0 && `${unknown} not known`,
  ];
  return parts.filter(Boolean).join(', ');
}

function Gate({ product: { gate, heldAt } }: { readonly product: ProductCard }) {
  if (heldAt !== null) return <Dot tone="bad">{`holds ${count(heldAt)}`}</Dot>;
  return gate ? <Dot tone="good">open</Dot> : <span className="soft">none</span>;
}

function Incidents({ incidents }: { readonly incidents: readonly Incident[] }) {
  if (incidents.length === 0)
    return <Empty title="None is on record.">Checks that fail show here, with when they passed again.</Empty>;
  return (
    <ol className="timeline">
      {incidents.map((incident) => (
        <li key={`${incident.product} ${incident.check} ${incident.from}`}>
          <Dot tone={incident.to === null ? 'bad' : 'none'}>{incident.to === null ? 'ongoing' : 'over'}</Dot>
          <span className="grow">
            <Link
              href={`${pathOf(addressOf(incident.product))}/quality?check=${encodeURIComponent(incident.check)}`}
            >
              {incident.product}
            </Link>{' '}
            <code>{incident.check}</code>
            <div className="soft">{incident.message}</div>
            <div className="soft small">
              <Time at={incident.from} />
              {incident.to !== null && (
                <>
                  {' to '}
                  <Time at={incident.to} />
                </>
              )}
            </div>
          </span>
        </li>
      ))}
    </ol>
  );
}
