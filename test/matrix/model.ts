/** What the matrix is made of: subjects, products with rules of access and rows whose values are canaries. All drawn from one seed. */
import { integerBetween, oneOf, type Random } from '../../src/base/random.ts';

export interface Row {
  readonly id: string;
  readonly team: string;
  readonly region: string | null;
  readonly level: number;
  readonly note: string;
  readonly secret: string | null;
}

export interface Subject {
  readonly name: string;
  readonly kind: 'anyone' | 'user' | 'service' | 'operator';
  readonly teams: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly purpose?: string;
  readonly scope?: {
    readonly products?: readonly string[];
    readonly ports?: readonly string[];
    readonly actions?: readonly string[];
  };
}

/** A condition in SQL, and what it is for a row and a subject: null where SQL does not know. */
export interface Condition {
  readonly sql: string;
  holds(row: Row, who: Subject): boolean | null;
}

export interface Rule {
  readonly effect: 'allow' | 'deny';
  readonly who: readonly string[];
  readonly ports?: readonly string[];
  readonly actions?: readonly string[];
  readonly rows?: Condition;
  /** As the spec has it. */
  readonly mask: Readonly<Record<string, unknown>>;
  readonly purpose?: string;
  readonly until?: string;
}

export interface Resource {
  readonly name: string;
  readonly owner: string;
  readonly purpose: string;
  readonly rules: readonly Rule[];
  /** Whether its fields have classes that the mesh masks. */
  readonly isClassed: boolean;
  readonly rows: readonly Row[];
  /** Stands in a reject. */
  readonly reject: string;
}

/** What mesh.yaml says of classes. */
export const CLASS_MASKS = 'masks: { pii: { hash: true }, confidential: null }';
export const PURPOSE = 'capacity planning';
const TEAMS = ['t0', 't1', 't2'];
const REGIONS = ['north', 'south'];

const CONDITIONS: readonly Condition[] = [
  { sql: 'level >= 3', holds: ({ level }) => level >= 3 },
  { sql: "region = 'north'", holds: ({ region }) => (region === null ? null : region === 'north') },
  { sql: "region <> 'north'", holds: ({ region }) => (region === null ? null : region !== 'north') },
  { sql: "team in ('t0', 't1') -- both", holds: ({ team }) => ['t0', 't1'].includes(team) },
  { sql: 'list_contains(principal.teams, team)', holds: ({ team }, { teams }) => teams.includes(team) },
  {
    sql: "region = principal.attributes['region']",
    holds: ({ region }, { attributes }) =>
      region === null || attributes.region === undefined ? null : region === attributes.region,
  },
  {
    sql: "principal.kind = 'user' and level < 4",
    holds: ({ level }, { kind }) => kind === 'user' && level < 4,
  },
];

const MASKS: readonly Readonly<Record<string, unknown>>[] = [
  {},
  {},
  { note: null },
  { note: 'gone', secret: null },
  { note: { hash: true } },
  { note: { first: 2 }, secret: { hash: true } },
  { note: { sql: 'upper(region)' } },
  { id: { hash: true }, note: null, secret: null },
  { level: 0 },
];

/** Texts of this form stand nowhere else. */
export const CANARY = /z[a-z][0-9a-f]{8}z/g;

export function canary(random: Random, kind: string): string {
  return `z${kind}${integerBetween(random, 0, 0xffff_ffff).toString(16).padStart(8, '0')}z`;
}

export function drawResources(random: Random, count: number): Resource[] {
  return Array.from({ length: count }, (_, i) => {
    const rows = Array.from({ length: 6 }, () => drawRow(random));
    // Some of all shapes, whatever the seed: open to all, owned only, and as it comes.
    const rules =
      i === 0 ? [rule({ who: ['anyone'] })] : i === 1 ? [rule({ who: ['user:nobody'] })] : drawRules(random);
    return {
      name: `m.${canary(random, 'n')}`,
      owner: 'owners',
      purpose: `About ${canary(random, 'd')}.`,
      rules,
      isClassed: i % 3 === 2,
      rows,
      reject: canary(random, 'r'),
    };
  });
}

function drawRow(random: Random): Row {
  return {
    id: canary(random, 'i'),
    team: oneOf(random, TEAMS),
    region: oneOf(random, [...REGIONS, null]),
    level: integerBetween(random, 0, 5),
    note: canary(random, 'v'),
    secret: random.next() < 0.8 ? canary(random, 's') : null,
  };
}

function rule(more: Partial<Rule>): Rule {
  return { effect: 'allow', who: ['anyone'], mask: {}, ...more };
}

function drawRules(random: Random): Rule[] {
  return Array.from({ length: integerBetween(random, 1, 4) }, () => {
    const effect = random.next() < 0.25 ? 'deny' : 'allow';
    const ports = oneOf(random, [['rest'], ['sql'], ['files', 'stream'], ['rest', 'sql', 'chart']]);
    const actions = oneOf(random, [
      ['read'],
      ['discover'],
      ['subscribe', 'export'],
      ['push'],
      ['see-rejects', 'read'],
      ['manage'],
    ]);
    return rule({
      effect,
      who: drawWho(random),
      ...(random.next() < 0.25 ? { ports } : {}),
      ...(random.next() < 0.25 ? { actions } : {}),
      ...(random.next() < 0.4 ? { rows: oneOf(random, CONDITIONS) } : {}),
      mask: effect === 'allow' ? oneOf(random, MASKS) : {},
      ...(random.next() < 0.2 ? { purpose: PURPOSE } : {}),
      ...(random.next() < 0.2 ? { until: oneOf(random, ['2020-01-31', '2098-01-31']) } : {}),
    });
  });
}

function drawWho(random: Random): string[] {
  const one = () =>
    oneOf(random, [
      'anyone',
      `team:${oneOf(random, TEAMS)}`,
      `team:${oneOf(random, TEAMS)}`,
      `user:u${integerBetween(random, 0, 7)}`,
      `service:s${integerBetween(random, 0, 3)}`,
    ]);
  return [...new Set([one(), one()])];
}

export function drawSubjects(random: Random, resources: readonly Resource[]): Subject[] {
  const some = () => TEAMS.filter(() => random.next() < 0.5);
  const attributes = (): Record<string, string> =>
    random.next() < 0.6 ? { region: oneOf(random, REGIONS) } : {};
  const people = Array.from({ length: 8 }, (_, i): Subject => {
    return { name: `u${i}`, kind: 'user', teams: some(), attributes: attributes() };
  });
  const services = Array.from({ length: 4 }, (_, i): Subject => {
    return { name: `s${i}`, kind: 'service', teams: some(), attributes: attributes() };
  });
  const scopes: Subject['scope'][] = [
    { products: resources.slice(0, 4).map(({ name }) => name) },
    { ports: ['rest'] },
    { actions: ['read', 'subscribe'] },
    {
      products: resources.slice(2, 9).map(({ name }) => name),
      ports: ['sql', 'files'],
      actions: ['read', 'export'],
    },
  ];
  const bystander = { kind: 'user', teams: ['owners'], attributes: {} } as const;
  return [
    { name: 'anyone', kind: 'anyone', teams: [], attributes: {} },
    { name: 'operator', kind: 'operator', teams: [], attributes: {} },
    { name: 'owner', ...bystander },
    ...people,
    ...services,
    ...people.slice(0, 3).map((subject) => ({ ...subject, purpose: PURPOSE })),
    ...scopes.map((scope, i): Subject => ({ ...(people[i] as Subject), ...(scope ? { scope } : {}) })),
    { name: 'owner', ...bystander, scope: { actions: ['read'] } },
  ];
}

export function specOf({ name, owner, purpose, rules, isClassed }: Resource): string {
  const access = rules.map(({ effect, who, rows, ...more }) =>
    JSON.stringify({ [effect]: who, ...more, ...(rows ? { rows: rows.sql } : {}) }),
  );
  return `product: ${name}
version: 1.0.0
owner: ${owner}
alignment: source
tier: bronze
purpose: ${purpose}
inputs: { source: { from: push } }
key: [id]
fields:
  id: { type: string, required: true }
  team: string
  region: string
  level: integer
  note: ${isClassed ? '{ type: string, class: [internal, pii] }' : 'string'}
  secret: ${isClassed ? '{ type: string, class: confidential }' : 'string'}
outputs: { rest: {}, sql: {}, files: {}, stream: {}, chart: {} }
checks:
  - { sql: "select max(note) from {table}", is: 0, severity: warning }
access:
${access.map((one) => `  - ${one}\n`).join('')}`;
}
