import { useQuery } from '@tanstack/react-query';
import type { UsageReport } from '../api/documents.ts';
import { followed, type ProductAddress, pathOf } from '../api/queries.ts';
import { Cell } from '../base/cell.tsx';
import { count, plural } from '../base/format.ts';
import { Loaded } from '../base/states.tsx';
import { Ago } from '../base/time.tsx';

interface ConsumerTableProps {
  readonly product: ProductAddress;
  /** The last one that consumers may see. */
  readonly position: number;
}

/** Who reads the product: how much, when last, and how far behind those are who read just now. */
export function ConsumerTable({ product, position }: ConsumerTableProps) {
  const query = useQuery(followed<UsageReport>(`${pathOf(product)}/usage`));
  return (
    <Loaded query={query} rows={2}>
      {({ consumers, consumersTotal }) =>
        consumers.length === 0 ? (
          <p className="soft small">Nobody has read it in the last 30 days.</p>
        ) : (
          <table className="table inner">
            <thead>
              <tr>
                <th>Consumer</th>
                <th>Through</th>
                <th>Behind</th>
                <th className="end">Reads, 30 days</th>
                <th className="end">Rows</th>
                <th>Last seen</th>
              </tr>
            </thead>
            <tbody>
              {consumers.map((each) => (
                <tr key={each.consumer}>
                  <td>
                    <strong>
                      <Cell value={each.consumer} />
                    </strong>
                  </td>
                  <td>{each.ports.join(', ')}</td>
                  <td>
                    <Behind by={each.position === null ? undefined : Math.max(0, position - each.position)} />
                  </td>
                  <td className="end">{count(each.reads)}</td>
                  <td className="end">{count(each.rows)}</td>
                  <td>
                    <Ago at={each.lastAt} />
                  </td>
                </tr>
              ))}
              {consumersTotal > consumers.length && (
                <tr>
                  <td colSpan={6} className="soft">
                    and {count(consumersTotal - consumers.length)} more
                  </td>
                </tr>
              )}
            </tbody>
          </table>
        )
      }
    </Loaded>
  );
}

function Behind({ by }: { readonly by: number | undefined }) {
  if (by === undefined) return <span className="soft">does not read now</span>;
  return by === 0 ? <span className="soft">nothing</span> : <span>{plural(by, 'record')}</span>;
}
