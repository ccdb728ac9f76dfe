import { useState } from 'react';
import type { TokenInfo } from '../../../src/access/token.ts';
import { plural } from '../base/format.ts';
import { Dot } from '../base/parts.tsx';
import { Empty } from '../base/states.tsx';
import { Ago, Time } from '../base/time.tsx';
import { useUrlState } from '../base/url-state.ts';
import { ownerText, scopeText, TOKEN_TONES, tokenState } from './token-state.ts';

const SHOWN_MAX = 200;

interface TokenTableProps {
  readonly tokens: readonly TokenInfo[];
  readonly onRotate: (id: string) => void;
  readonly onRevoke: (id: string) => void;
}

export function TokenTable({ tokens, onRotate, onRevoke }: TokenTableProps) {
  const [params, change] = useUrlState();
  const words = params.get('q') ?? '';
  const all = params.get('only') === 'all';
  const nowMs = Date.now();
  const found = tokens.filter(
    (token) => ownerText(token).includes(words) && (all || tokenState(token, nowMs) === 'in force'),
  );
  return (
    <section className="card flush" aria-label="Tokens">
      <div className="card-head row spread">
        <fieldset className="segments" aria-label="Which tokens">
          {[
            [undefined, 'In force'],
            ['all', 'All'],
          ].map(([value, label]) => (
            <button
              key={label}
              type="button"
              aria-pressed={all === (value === 'all')}
              onClick={() => change({ only: value })}
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
      {found.length === 0 ? (
        <Empty title={tokens.length === 0 ? 'No token was made yet.' : 'None.'} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <section className="table-frame" aria-label="List of tokens" tabIndex={0}>
          <table className="table middle">
            <thead>
              <tr>
                <th>Of</th>
                <th>State</th>
                <th>Holds until</th>
                <th>Last used</th>
                <th>Made</th>
                <th>
                  <span className="visually-hidden">Change</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {found.slice(0, SHOWN_MAX).map((token) => (
                <TokenRow
                  key={token.id}
                  token={token}
                  nowMs={nowMs}
                  onRotate={onRotate}
                  onRevoke={onRevoke}
                />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {found.length > SHOWN_MAX && (
        <p className="soft small card-foot">{`The newest ${SHOWN_MAX} of ${plural(found.length, 'token')} are shown: filter by name.`}</p>
      )}
    </section>
  );
}

interface TokenRowProps extends Omit<TokenTableProps, 'tokens'> {
  readonly token: TokenInfo;
  readonly nowMs: number;
}

function TokenRow({ token, nowMs, onRotate, onRevoke }: TokenRowProps) {
  const state = tokenState(token, nowMs);
  const limits = scopeText(token);
  return (
    <tr>
      <td>
        <strong>{ownerText(token)}</strong>
        <div className="soft small">
          {token.teams.length > 0 && `${token.teams.join(', ')} · `}
          <code>{token.id}</code>
        </div>
        {limits !== undefined && <div className="small">{limits}</div>}
      </td>
      <td>
        <Dot tone={TOKEN_TONES[state]}>{state}</Dot>
      </td>
      <td>
        {token.expiresAt === null ? (
          <span className="soft">it is revoked</span>
        ) : (
          <Time at={token.expiresAt} />
        )}
      </td>
      <td>
        {token.lastUsedAt === null ? <span className="soft">never</span> : <Ago at={token.lastUsedAt} />}
      </td>
      <td>
        <Ago at={token.createdAt} />
      </td>
      <td className="end">
        {state === 'in force' && (
          <TokenActions
            owner={ownerText(token)}
            onRotate={() => onRotate(token.id)}
            onRevoke={() => onRevoke(token.id)}
          />
        )}
      </td>
    </tr>
  );
}

interface TokenActionsProps {
  readonly owner: string;
  readonly onRotate: () => void;
  readonly onRevoke: () => void;
}

/** What cannot be taken back is asked twice. */
function TokenActions({ owner, onRotate, onRevoke }: TokenActionsProps) {
  const [asked, setAsked] = useState<'rotate' | 'revoke'>();
  if (asked === undefined)
    return (
      <span className="row actions">
        <button
          type="button"
          className="button quiet"
          aria-label={`Rotate the token of ${owner}`}
          onClick={() => setAsked('rotate')}
        >
          Rotate
        </button>
        <button
          type="button"
          className="button quiet"
          aria-label={`Revoke the token of ${owner}`}
          onClick={() => setAsked('revoke')}
        >
          Revoke
        </button>
      </span>
    );
  const sure = () => {
    setAsked(undefined);
    if (asked === 'rotate') onRotate();
    else onRevoke();
  };
  return (
    <span className="row actions">
      <span className="small">The text in use ends now.</span>
      <button type="button" className="button danger" onClick={sure}>
        {asked === 'rotate' ? 'Rotate it' : 'Revoke it'}
      </button>
      <button type="button" className="button quiet" onClick={() => setAsked(undefined)}>
        Keep it
      </button>
    </span>
  );
}
