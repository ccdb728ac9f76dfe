/**
 * Subjects x actions x resources x ports, against a reference evaluator that shares no code with what it judges. Hidden values are canaries: none may
 * stand in anything that somebody gets. By default a fifth of all cells is asked through the ports that cost most; WHARF_MATRIX=12 draws twelve seeds and
 * asks every cell of each.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { lineLog } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { Serving } from '../../src/runtime/serve.ts';
import { meshFolder } from '../support/mesh-folder.ts';
import { serveHere } from '../support/serve-here.ts';
import { type Answer, type Asking, bySql, call, PORTS, sqlClient } from './ask.ts';
import {
  CANARY,
  CLASS_MASKS,
  drawResources,
  drawSubjects,
  type Resource,
  type Row,
  type Subject,
  specOf,
} from './model.ts';
import { type Expected, expected, type Seen } from './reference.ts';

const SEED = Number(process.env.WHARF_SEED ?? 20_261_121);
const SEEDS = Number(process.env.WHARF_MATRIX ?? 0);
const RESOURCES = 12;
const IS_WIDE = SEEDS > 0;
/** Where the one stands among the subjects who sees everything of every product: asked of everything. */
const OWNER = 2;
const ABSENT = 'm.zn00000000z';

describe.each(Array.from({ length: Math.max(1, SEEDS) }, (_, i) => SEED + i))(
  'access by every port (seed %i)',
  (seed) => {
    const random = seededRandom(seed);
    const resources = drawResources(random, RESOURCES);
    const subjects = drawSubjects(random, resources);
    const log: string[] = [];
    let serving: Serving;
    let askings: Asking[] = [];
    afterAll(() => serving?.close());

    it('serves what the reference gives, and no canary besides', async () => {
      serving = await open(resources, log);
      askings = await Promise.all(subjects.map((subject) => askingOf(serving, subject)));
      await fill(serving, resources);
      const differences: string[] = [];
      const told = new Map<string, Set<string>>();
      for (const [i, asking] of askings.entries()) {
        const isAsked = (cell: number) => IS_WIDE || i === OWNER || (i + cell) % 5 === 0;
        differences.push(...(await compare(asking, resources, told, { isAsked, withSql: asksSql(i) })));
      }
      expect(differences.slice(0, 20)).toEqual([]);
      expect(differences).toHaveLength(0);
      // Each denial has a neighbour who is allowed: a port that refuses everybody would be found.
      const lonely = [...told].filter(([, kinds]) => !kinds.has('given')).map(([what]) => what);
      expect(lonely).toEqual([]);
      expect([...told.keys()].length).toBeGreaterThan(RESOURCES * 7);
    });

    it('tells in lists, figures and catalogs of nothing else', async () => {
      const found: string[] = [];
      for (const [i, asking] of askings.entries())
        if (IS_WIDE || i % 8 === 3 || i < OWNER)
          found.push(...(await strayIn(asking, resources, asksSql(i))));
      expect(found.slice(0, 20)).toEqual([]);
    });

    it('writes no value to the log', () => {
      expect(canariesIn(log.join('\n')).filter((text) => /^z[ivsr]/.test(text))).toEqual([]);
    });
  },
);

/** Whoever sees something else gets processes of their own. */
function asksSql(i: number): boolean {
  return IS_WIDE || i === 0 || i === OWNER || i === 19;
}

async function open(resources: readonly Resource[], log: string[]): Promise<Serving> {
  const specs = resources.map((resource, i) => [`p${i}.product.yaml`, specOf(resource)] as const);
  const mesh = `mesh: matrix\nteams: { owners: {}, t0: {}, t1: {}, t2: {} }\n${CLASS_MASKS}\n`;
  const folder = await meshFolder({ 'mesh.yaml': mesh, ...Object.fromEntries(specs) });
  return serveHere(
    folder,
    systemClock,
    0,
    lineLog((line) => log.push(line)),
  );
}

async function askingOf({ url, sqlUrl, platform, secret }: Serving, subject: Subject): Promise<Asking> {
  const sqlPort = Number(new URL(sqlUrl ?? '').port);
  const { kind, name, teams, attributes, scope } = subject;
  if (kind === 'anyone') return { url, sqlPort, subject, token: undefined };
  if (kind === 'operator') return { url, sqlPort, subject, token: secret };
  const limits = scope as Parameters<typeof platform.tokens.create>[0]['scope'];
  const owner = { kind, name, teams, attributes, ...(limits ? { scope: limits } : {}) };
  const { text } = await platform.tokens.create(owner, undefined);
  return { url, sqlPort, subject, token: text };
}

async function fill({ url, secret, platform }: Serving, resources: readonly Resource[]): Promise<void> {
  const operator = { url, sqlPort: 0, subject: { kind: 'operator' } as Subject, token: secret };
  for (const { name, rows, reject } of resources) {
    const pushed = await call(operator, 'POST', `/p/${name}/v1/inputs/source`, [
      ...rows,
      { id: reject, level: 'x' },
    ]);
    expect([name, pushed.status]).toEqual([name, 207]);
  }
  const { published } = platform.services;
  expect(resources.map(({ name }) => published.position(`${name}@1`))).toEqual(
    resources.map(({ rows }) => rows.length),
  );
}

async function compare(
  asking: Asking,
  resources: readonly Resource[],
  told: Map<string, Set<string>>,
  { isAsked, withSql }: { readonly isAsked: (cell: number) => boolean; readonly withSql: boolean },
): Promise<string[]> {
  const { subject } = asking;
  const found: string[] = [];
  const note = (resource: Resource, what: string, want: Expected, answer: Answer) => {
    const key = `${what} of ${resource.name}`;
    told.set(key, (told.get(key) ?? new Set()).add(want.kind));
    const problem = problemOf(want, answer) ?? strayOf(want, answer, subject, resources);
    if (problem)
      found.push(
        `${subject.kind}:${subject.name} ${JSON.stringify(subject.scope ?? subject.purpose ?? '')} ${key}: ${problem}`,
      );
  };
  // The secret of the data folder is no password of a Postgres client.
  const client = withSql && subject.kind !== 'operator' ? await sqlClient(asking) : undefined;
  for (const [at, resource] of resources.entries()) {
    const { name } = resource;
    for (const [i, { port, action, ask }] of PORTS.entries()) {
      if (!isAsked(at + i)) continue;
      const want = expected(resource, subject, action, port);
      const rows = want.kind === 'given' ? want.rows.length : 0;
      note(resource, `${i} ${port}`, want, await ask(asking, name, rows));
    }
    if (withSql) {
      const want = expected(resource, subject, 'read', 'sql');
      note(resource, 'api sql', want, await bySql(asking, name));
      if (client) note(resource, 'sql', want, await bySql(asking, name, client));
    }
    for (const [action, want, answer] of await actionsOf(asking, resource))
      note(resource, action, want, answer);
  }
  await client?.end();
  return found;
}

/** What gives no rows: whether it is done is all that is compared. */
async function actionsOf(asking: Asking, resource: Resource): Promise<[string, Expected, Answer][]> {
  const { subject } = asking;
  const base = `/p/${resource.name}/v1`;
  const only = (want: Expected): Expected => (want.kind === 'given' ? { ...want, rows: [] } : want);
  const done = (answer: Answer): Answer =>
    [403, 404].includes(answer.status) ? answer : { ...answer, status: 200, rows: [] };
  const sees = discovered(resource, subject);
  return [
    ['discover', only(sees), done(await call(asking, 'GET', base))],
    ['see-rejects', rejectsSeen(resource, subject), done(await call(asking, 'GET', `${base}/rejects`))],
    // What cannot be read is refused after the decision, and changes nothing.
    [
      'push',
      only(expected(resource, subject, 'push')),
      done(await call(asking, 'POST', `${base}/inputs/source`, {})),
    ],
    [
      'manage',
      only(expected(resource, subject, 'manage')),
      done(await call(asking, 'GET', `${base}/agreements`)),
    ],
  ];
}

function discovered(resource: Resource, subject: Subject): Expected {
  const { scope, ...unlimited } = subject;
  const limited = scope?.products ? { ...unlimited, scope: { products: scope.products } } : unlimited;
  const found = expected(resource, limited, 'discover');
  return found.kind === 'absent' ? found : { kind: 'given', rows: [], whole: false };
}

function rejectsSeen(resource: Resource, subject: Subject): Expected {
  const [rejects, rows] = [expected(resource, subject, 'see-rejects'), expected(resource, subject, 'read')];
  if (rejects.kind === 'absent') return rejects;
  const isSeen = rejects.kind === 'given' && rejects.whole && rows.kind === 'given' && rows.whole;
  return isSeen ? { kind: 'given', rows: [], whole: true } : { kind: 'refused' };
}

function problemOf(want: Expected, answer: Answer): string | undefined {
  const status = { absent: 404, refused: 403, given: 200 }[want.kind];
  if (answer.status !== status) return `expected ${want.kind}, received ${answer.all.slice(0, 300)}`;
  if (want.kind !== 'given') return undefined;
  const [wanted, given] = [textsOf(want.rows), textsOf(answer.rows ?? [])];
  return wanted === given ? undefined : `expected ${wanted}, received ${given}`;
}

function textsOf(rows: readonly Seen[]): string {
  const fields: readonly (keyof Row)[] = ['id', 'team', 'region', 'level', 'note', 'secret'];
  return rows
    .map((row) => JSON.stringify(fields.map((field) => row[field] ?? null)))
    .sort()
    .join('\n');
}

function canariesIn(text: string): string[] {
  return [...new Set(text.match(CANARY) ?? [])];
}

/** What an answer tells besides the rows that are seen and the products that may be known of. */
function strayOf(
  want: Expected,
  { all }: Answer,
  subject: Subject,
  resources: readonly Resource[],
): string | undefined {
  const seen = want.kind === 'given' ? JSON.stringify(want.rows) : '';
  const whole = want.kind === 'given' && want.whole;
  const known = `${seen} ${resources
    .filter((one) => knows(one, subject, whole))
    .map(toldOf(whole))
    .join()}`;
  const asked = resources.map(({ name }) => name.split('.')[1]);
  const stray = canariesIn(all).filter((text) => !known.includes(text) && !asked.includes(text));
  return stray.length === 0 ? undefined : `tells of ${stray.join(', ')}`;
}

function knows(resource: Resource, subject: Subject, _whole: boolean): boolean {
  return discovered(resource, subject).kind === 'given';
}

/** A manager's or whole reader's answers may quote rejects. */
function toldOf(whole: boolean): (resource: Resource) => string {
  return ({ name, purpose, reject }) => `${name} ${purpose} ${whole ? reject : ''}`;
}

const LISTS = [
  '/api/products?limit=500',
  '/api/status',
  '/api/lineage',
  '/api/mesh',
  '/readyz',
  '/metrics',
  '/api/incidents',
  ...['products', 'lineage', 'checks', 'usage', 'slo', 'rejects'].map(
    (name) => `/p/system.${name}/v1/rows?limit=1000`,
  ),
  '/p/system.products/v1/d/fields/rows?limit=1000',
  '/p/system.checks/v1/files/checks.csv',
];

/** Bodies by what they say that they are: a cache gives one to whoever asks for the same again. */
const tagged = new Map<string, string>();

/** Canaries of what somebody may not know of, in everything that is told of many products at once or of one they may know of. */
async function strayIn(asking: Asking, resources: readonly Resource[], withSql: boolean): Promise<string[]> {
  const { subject } = asking;
  const known = resources.filter((resource) => discovered(resource, subject).kind === 'given');
  const hidden = resources.filter((resource) => !known.includes(resource));
  const wholes = known.filter((resource) => {
    const read = expected(resource, subject, 'read');
    return read.kind === 'given' && read.whole;
  });
  const values = wholes.flatMap(({ rows, reject }) => [reject, ...rows.flatMap(({ note }) => note)]);
  const allowed = [...known.flatMap(({ name, purpose }) => [name, purpose]), ...values].join();
  const targets = [
    ...LISTS,
    ...hidden.slice(0, 1).map(({ purpose }) => `/api/products?q=${canariesIn(purpose)[0]}`),
    ...known
      .slice(0, 2)
      .flatMap(({ name }) =>
        ['lineage', 'quality', 'schema.json', 'changes', 'usage', 'slo', 'deliveries'].map(
          (part) => `/p/${name}/v1/${part}`,
        ),
      ),
  ];
  const found: string[] = [];
  const look = (what: string, all: string, given = '') => {
    const stray = canariesIn(all).filter((text) => !allowed.includes(text) && !given.includes(text));
    if (stray.length > 0) found.push(`${subject.kind}:${subject.name} ${what}: ${stray.join(', ')}`);
  };
  for (const target of targets) look(target, (await call(asking, 'GET', target)).all, target);
  // Its examples are rows as they are seen through REST.
  for (const resource of known.slice(0, 6)) {
    const seen = expected(resource, subject, 'read', 'rest');
    const target = `/p/${resource.name}/v1/openapi.json`;
    const { status, all } = await call(asking, 'GET', target);
    if (status !== (seen.kind === 'given' ? 200 : 403)) found.push(`${subject.name} ${target}: ${status}`);
    look(target, all, seen.kind === 'given' ? JSON.stringify(seen.rows) : '');
    const tag = `${target} ${/\["etag","(.*?)"\],/.exec(all)?.[1]}`;
    const body = all.slice(all.indexOf(']] '));
    if (seen.kind === 'given' && (tagged.get(tag) ?? body) !== body) found.push(`${tag} is of two documents`);
    tagged.set(tag, body);
  }
  for (const { name } of hidden.slice(0, 3)) {
    const sameAs = async (below: string) => {
      const [one, other] = [
        await call(asking, 'GET', `/p/${name}${below}`),
        await call(asking, 'GET', `/p/${ABSENT}${below}`),
      ];
      const told = one.all.replaceAll(name, ABSENT);
      if (withoutTime(told) !== withoutTime(other.all))
        found.push(`${name}${below} is not as absent as ${ABSENT}: ${told} ${other.all}`);
    };
    for (const below of [
      '',
      '/v1',
      '/v1/rows',
      '/v1/lineage',
      '/v1/files',
      '/v1/rejects',
      '/v1/openapi.json',
    ])
      await sameAs(below);
  }
  if (!withSql) return found;
  const near = resources[1]?.name.replace(/z$/, '') ?? '';
  for (const sql of [
    'select table_name from information_schema.tables',
    'select c.relname, d.description from pg_catalog.pg_class c left join pg_catalog.pg_description d on d.objoid = c.oid',
    `select * from ${near}`,
    'select product, message, samples from system.checks',
  ])
    look(sql, (await call(asking, 'POST', '/api/sql', { sql })).all, near);
  return found;
}

function withoutTime(text: string): string {
  return text.replace(/\["date","[^"]*"\]/, '');
}
