import { useQuery } from '@tanstack/react-query';
import type { ProductDocument, UsageReport } from '../api/documents.ts';
import { followed } from '../api/queries.ts';
import { Cell } from '../base/cell.tsx';
import { compactCount, count, plural } from '../base/format.ts';
import { Loaded } from '../base/states.tsx';
import { Ago } from '../base/time.tsx';

const SHOWN_MAX = 6;
const REFRESH_MS = 30_000;
const DAY_MS = 86_400_000;

/** Who reads the product most, and through what. */
export function ConsumersCard({ product }: { readonly product: ProductDocument }) {
  const query = useQuery(followed<UsageReport>(product._links.usage.href, REFRESH_MS));
  return (
    <section className="card stack" aria-label="Consumers">
      <h3>Consumers</h3>
      <Loaded query={query} rows={3}>
        {(usage) => (
          <>
            <p className="soft small">
              {usage.reads === 0
                ? 'Nobody has read it in the last 30 days.'
                : `${plural(usage.reads, 'read')} by ${plural(usage.consumersTotal, 'consumer')} in 30 days`}
            </p>
            {usage.reads > 0 && <ReadsByDay usage={usage} />}
            <ul className="plain consumers">
              {usage.consumers.slice(0, SHOWN_MAX).map(({ consumer, ports, reads, lastAt }) => (
                <li key={consumer}>
                  <span className="row spread">
                    <strong>
                      <Cell value={consumer} />
                    </strong>
                    <span className="numeric small">{compactCount(reads)}</span>
                  </span>
                  <span className="soft small">
                    {ports.join(', ')} · <Ago at={lastAt} />
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </section>
  );
}

/** One bar a day, those without reads among them. */
function ReadsByDay({ usage }: { readonly usage: UsageReport }) {
  const reads = new Map(usage.days.map((day) => [day.day, day.reads]));
  const first = Date.parse(usage.since);
  const days = Array.from({ length: Math.max(1, Math.round((Date.now() - first) / DAY_MS)) }, (_, i) =>
    new Date(first + i * DAY_MS).toISOString().slice(0, 10),
  );
  const most = Math.max(1, ...reads.values());
  return (
    <svg
      className="days"
      viewBox={`0 0 ${days.length * 4} 24`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Reads by day since ${usage.since}, ${count(most)} at most`}
    >
      {days.map((day, i) => {
        const height = ((reads.get(day) ?? 0) / most) * 23;
        return <rect key={day} x={i * 4} y={24 - height} width={3} height={height} />;
      })}
    </svg>
  );
}
