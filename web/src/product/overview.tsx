import { Link } from 'wouter';
import type { ProductDocument } from '../../../src/runtime/http/product-document.ts';
import { addressOf, pathOf } from '../api/queries.ts';
import { count } from '../base/format.ts';
import { ChangesCard } from './changes-card.tsx';
import { ConsumersCard } from './consumers-card.tsx';
import { FieldsCard } from './fields-card.tsx';
import { LimitsCard } from './limits-card.tsx';
import { PromiseStrip } from './promise-strip.tsx';
import { SampleCard } from './sample-card.tsx';

export function Overview({ product }: { readonly product: ProductDocument }) {
  return (
    <div className="stack">
      <PromiseStrip product={product} />
      <div className="product-columns">
        <div className="stack">
          {product.datasets.map((dataset) => (
            <FieldsCard key={dataset.name} product={product} dataset={dataset} />
          ))}
          <SampleCard product={product} />
        </div>
        <aside className="stack">
          <About product={product} />
          <LimitsCard product={product} />
          <Related product={product} />
          <ConsumersCard product={product} />
          <ChangesCard product={product} />
          <Downloads product={product} />
        </aside>
      </div>
    </div>
  );
}

function About({ product }: { readonly product: ProductDocument }) {
  return (
    <section className="card stack" aria-label="About">
      <h2>About</h2>
      {product.doc && <p>{product.doc}</p>}
      <dl className="facts">
        <dt>Owner</dt>
        <dd>
          <Link href={`/?owner=${encodeURIComponent(product.owner)}`}>{product.owner}</Link>
        </dd>
        {product.contact && (
          <>
            <dt>Contact</dt>
            <dd>{product.contact}</dd>
          </>
        )}
        <dt>Ports</dt>
        <dd>{product.ports.map(({ port }) => port).join(', ')}</dd>
        <dt>Gate</dt>
        <dd>
          {product.gate
            ? 'only what passes its checks is published'
            : 'none: what fails is published, and told'}
        </dd>
      </dl>
    </section>
  );
}

function Related({ product }: { readonly product: ProductDocument }) {
  const { inputs, readBy } = product;
  return (
    <section className="card stack" aria-label="Related products">
      <div>
        <h3>Made from</h3>
        <ul className="plain">
          {inputs.map((input) => (
            <li key={input.name}>
              {input.kind === 'product' ? (
                <>
                  <Link href={pathOf(addressOf(input.from))}>{input.from}</Link>
                  {'position' in input && input.position !== null && (
                    <span className="soft small nowrap"> at position {count(input.position)}</span>
                  )}
                </>
              ) : (
                <span>
                  {input.name} <span className="soft">({input.from})</span>
                </span>
              )}
            </li>
          ))}
        </ul>
      </div>
      {readBy.length > 0 && (
        <div>
          <h3>Read by</h3>
          <ul className="plain">
            {readBy.map((id) => (
              <li key={id}>
                <Link href={pathOf(addressOf(id))}>{id}</Link>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

const FORMATS = ['csv', 'xlsx', 'parquet', 'arrow', 'ndjson', 'json'];

function Downloads({ product }: { readonly product: ProductDocument }) {
  const { files } = product._links;
  const offered = product.ports.find(({ port }) => port === 'files')?.options.formats;
  if (!files) return null;
  const formats = FORMATS.filter((format) => !Array.isArray(offered) || offered.includes(format));
  return (
    <section className="card" aria-label="Downloads">
      <h3>Download all rows</h3>
      {product.datasets.map(({ name }) => (
        <div key={name} className="row">
          {product.datasets.length > 1 && <span className="soft">{name}</span>}
          {formats.map((format) => (
            <a key={format} href={`${files.href}/${encodeURIComponent(name)}.${format}`} download>
              {format}
            </a>
          ))}
        </div>
      ))}
    </section>
  );
}
