import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { DeliveryStatus } from '../../../src/runtime/deliver/delivery-task.ts';
import { SignInNotice } from '../access/sign-in-notice.tsx';
import { postJson } from '../api/client.ts';
import { addressOf, pathOf } from '../api/queries.ts';
import { Cell } from '../base/cell.tsx';
import { count, span } from '../base/format.ts';
import { Dot, Meter, type Tone } from '../base/parts.tsx';
import { ErrorNotice } from '../base/states.tsx';

const TONES: Readonly<Record<DeliveryStatus['state'], Tone>> = {
  starting: 'none',
  running: 'warn',
  'caught-up': 'good',
  retrying: 'bad',
  failed: 'bad',
  stopped: 'none',
  paused: 'warn',
};

interface DeliveryTableProps {
  /** `flights.departures@1` */
  readonly product: string;
  readonly deliveries: readonly DeliveryStatus[];
}

/** Where the product is pushed to: how far behind, how fast, and what can be done about it. */
export function DeliveryTable({ product, deliveries }: DeliveryTableProps) {
  const { error, change } = useChange(product);
  return (
    <>
      <table className="table inner">
        <thead>
          <tr>
            <th>Delivery</th>
            <th>State</th>
            <th className="end">Position</th>
            <th>Behind</th>
            <th className="end">Records/s</th>
            <th>Progress</th>
            <th>
              <span className="visually-hidden">Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((delivery) => (
            <DeliveryRow key={delivery.delivery} delivery={delivery} onChange={change} />
          ))}
        </tbody>
      </table>
      {error !== undefined && (
        <div className="stack">
          <ErrorNotice error={error} />
          <SignInNotice error={error} />
        </div>
      )}
    </>
  );
}

type Change = 'pause' | 'resume' | 'replay';

interface DeliveryRowProps {
  readonly delivery: DeliveryStatus;
  readonly onChange: (delivery: string, change: Change) => void;
}

function DeliveryRow({ delivery, onChange }: DeliveryRowProps) {
  const { delivery: name, to, guarantee, state, position, lagRecords, lagSeconds, rate } = delivery;
  const [isAsked, setAsked] = useState(false);
  const why = delivery.paused ?? delivery.lastError?.message;
  return (
    <tr>
      <td>
        <strong>{name}</strong>
        <div className="soft small">{`${to}, ${guarantee.replaceAll('-', ' ')}`}</div>
      </td>
      <td>
        <Dot tone={TONES[state]}>{state.replace('-', ' ')}</Dot>
        {why !== undefined && (
          <div className="small why">
            <Cell value={why} />
          </div>
        )}
      </td>
      <td className="end">{position === null ? '' : count(position)}</td>
      <td className="numeric">
        {lagRecords === 0 ? (
          <span className="soft">nothing</span>
        ) : (
          `${count(lagRecords)}, ${span(lagSeconds * 1_000)}`
        )}
      </td>
      <td className="end">{count(rate)}</td>
      <td>
        <Progress delivery={delivery} />
      </td>
      <td>
        <span className="row actions">
          {isAsked ? (
            <>
              <button
                type="button"
                className="button danger"
                onClick={() => {
                  setAsked(false);
                  onChange(name, 'replay');
                }}
              >
                Deliver all again
              </button>
              <button type="button" className="button quiet" onClick={() => setAsked(false)}>
                Leave it
              </button>
            </>
          ) : (
            <>
              <button
                type="button"
                className="button quiet"
                aria-label={`${state === 'paused' ? 'Resume' : 'Pause'} ${name}`}
                onClick={() => onChange(name, state === 'paused' ? 'resume' : 'pause')}
              >
                {state === 'paused' ? 'Resume' : 'Pause'}
              </button>
              <button
                type="button"
                className="button quiet"
                aria-label={`Replay ${name}`}
                onClick={() => setAsked(true)}
              >
                Replay
              </button>
            </>
          )}
        </span>
      </td>
    </tr>
  );
}

function Progress({
  delivery: { delivery, position, lagRecords, secondsLeft },
}: {
  readonly delivery: DeliveryStatus;
}) {
  const done = position ?? 0;
  const share = done + lagRecords === 0 ? 1 : done / (done + lagRecords);
  return (
    <span className="row">
      <span className="budget">
        <Meter share={share} tone={share === 1 ? 'good' : 'none'} label={`Progress of ${delivery}`} />
      </span>
      {secondsLeft !== null && secondsLeft > 0 && (
        <span className="soft small numeric">{span(secondsLeft * 1_000)} left</span>
      )}
    </span>
  );
}

function useChange(product: string) {
  const client = useQueryClient();
  const [error, setError] = useState<unknown>();
  const send = async (delivery: string, change: Change) => {
    setError(undefined);
    try {
      const base = pathOf(addressOf(product));
      await postJson(`${base}/deliveries/${encodeURIComponent(delivery)}/${change}`, {});
      await client.invalidateQueries({ queryKey: ['followed', '/api/status'] });
    } catch (thrown) {
      setError(thrown);
    }
  };
  return { error, change: (delivery: string, change: Change) => void send(delivery, change) };
}
