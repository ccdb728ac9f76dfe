import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Change, ChangeEntry } from '../../../src/runtime/catalog/change-log.ts';
import type { ProductDocument } from '../api/documents.ts';
import { followed } from '../api/queries.ts';
import { Cell } from '../base/cell.tsx';
import { Loaded } from '../base/states.tsx';
import { Time } from '../base/time.tsx';

const ENTRIES_SHOWN = 3;
const CHANGES_SHOWN = 4;
const REFRESH_MS = 60_000;

/** What changed in the declaration, and when. */
export function ChangesCard({ product }: { readonly product: ProductDocument }) {
  const [isOpen, setOpen] = useState(false);
  const query = useQuery(
    followed<{ changes: readonly ChangeEntry[] }>(product._links.changes.href, REFRESH_MS),
  );
  return (
    <section className="card stack" aria-label="Changes">
      <h3>Changes</h3>
      <Loaded query={query} rows={3}>
        {({ changes }) => (
          <>
            <ol className="timeline changes">
              {changes.slice(0, isOpen ? changes.length : ENTRIES_SHOWN).map((entry) => (
                <Entry key={entry.at} entry={entry} isOpen={isOpen} />
              ))}
            </ol>
            {(changes.length > ENTRIES_SHOWN ||
              changes.some((entry) => entry.changes.length > CHANGES_SHOWN)) && (
              <button type="button" className="more" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
                {isOpen ? 'Less' : 'All changes'}
              </button>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

function Entry({ entry, isOpen }: { readonly entry: ChangeEntry; readonly isOpen: boolean }) {
  const { at, version, changes, isFirst } = entry;
  const shown = changes.slice(0, isOpen ? changes.length : CHANGES_SHOWN);
  return (
    <li>
      <span>
        <strong className="mono">{version}</strong>{' '}
        <span className="soft">
          <Time at={at} />
        </span>
      </span>
      <ul className="plain">
        {isFirst && <li>first declared here</li>}
        {shown.map((change) => (
          <li key={`${change.of} ${change.part}`}>
            <ChangeText change={change} />
          </li>
        ))}
        {shown.length < changes.length && <li className="soft">and {changes.length - shown.length} more</li>}
      </ul>
    </li>
  );
}

function ChangeText({ change: { of, kind, part, from, to } }: { readonly change: Change }) {
  if (kind !== 'changed')
    return (
      <>
        <Cell value={of} /> {kind}
      </>
    );
  return (
    <>
      {of === 'product' ? '' : <Cell value={of} />} {part?.replace('is_key', 'key')}:{' '}
      <s className="soft">
        <Cell value={from ?? 'none'} />
      </s>{' '}
      <Cell value={to ?? 'none'} />
    </>
  );
}
