import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Action } from '../../../src/access/principal.ts';
import { meshQuery } from '../api/queries.ts';
import { Choices } from '../base/choices.tsx';

const DAY_MS = 86_400_000;
const LENGTHS: readonly (readonly [days: string, label: string])[] = [
  ['1', 'a day'],
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', 'a year'],
  ['', 'until it is revoked'],
];
const DAYS_USUAL = '90';
const ACTIONS: Readonly<Record<Action, string>> = {
  discover: 'find it',
  read: 'read rows',
  subscribe: 'follow changes',
  export: 'take whole files',
  push: 'send records',
  'see-rejects': 'see rejects',
  manage: 'run the product',
};

interface TokenFormProps {
  /** Gives true when a token was made. */
  readonly onCreate: (body: object) => Promise<boolean>;
}

export function TokenForm({ onCreate }: TokenFormProps) {
  const [kind, setKind] = useState('user');
  const [name, setName] = useState('');
  const [teams, setTeams] = useState<readonly string[]>([]);
  const [days, setDays] = useState(DAYS_USUAL);
  const [products, setProducts] = useState('');
  const [ports, setPorts] = useState('');
  const [actions, setActions] = useState<readonly string[]>([]);
  const { data: mesh } = useQuery(meshQuery());
  const create = async () => {
    const length = days === '' ? {} : { expiresMs: Number(days) * DAY_MS };
    const limits = {
      ...limitOf('products', namesIn(products)),
      ...limitOf('ports', namesIn(ports)),
      ...limitOf('actions', actions),
    };
    if (await onCreate({ for: `${kind}:${name.trim()}`, teams, ...limits, ...length })) setName('');
  };
  return (
    <form
      className="card stack"
      aria-label="Make a token"
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <h2>Make a token</h2>
      <label className="field">
        For
        <select className="input" value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
          <option value="user">a person</option>
          <option value="service">a service</option>
          <option value="operator">somebody who runs the platform</option>
        </select>
      </label>
      <label className="field">
        Name
        <input
          className="input"
          value={name}
          required
          autoComplete="off"
          spellCheck={false}
          pattern="[A-Za-z0-9][A-Za-z0-9._@\-]*"
          title="Letters, digits and . _ @ -"
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label className="field">
        It holds
        <select className="input" value={days} onChange={(event) => setDays(event.currentTarget.value)}>
          {LENGTHS.map(([value, label]) => (
            <option key={label} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {kind !== 'operator' && (
        <Choices
          legend="In teams, besides those that the mesh says"
          all={mesh?.teams.map((team) => team.name) ?? []}
          chosen={teams}
          onChange={setTeams}
        />
      )}
      <LimitField
        label="Only for these products"
        example="flights.departures"
        text={products}
        onChange={setProducts}
      />
      <LimitField label="Only through these ports" example="sql, rest" text={ports} onChange={setPorts} />
      <Choices
        legend="Only to do this, all when none is chosen"
        all={Object.keys(ACTIONS)}
        about={ACTIONS}
        chosen={actions}
        onChange={setActions}
      />
      <div>
        <button type="submit" className="button primary">
          Make it
        </button>
      </div>
    </form>
  );
}

interface LimitFieldProps {
  readonly label: string;
  readonly example: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** Names with commas between them; no limit when it is empty. */
function LimitField({ label, example, text, onChange }: LimitFieldProps) {
  return (
    <label className="field">
      {label}
      <input
        className="input"
        value={text}
        placeholder={example}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}

function namesIn(text: string): readonly string[] {
  return text.split(',').flatMap((part) => part.trim() || []);
}

/** What is left out limits nothing. */
function limitOf(name: string, names: readonly string[]): Readonly<Record<string, readonly string[]>> {
  return names.length === 0 ? {} : { [name]: names };
}
