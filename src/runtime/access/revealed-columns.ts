/**
 * What a product would show to readers who may not read it in the inputs that it is made of. A product reads its inputs as a whole, so its own rules are
 * all that stands between them and its readers: the owner of an input who names the product in a rule has said that this is meant.
 */
import { type Decision, decide } from '../../access/decide.ts';
import { ANYONE, type Principal } from '../../access/principal.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Diagnostic } from '../../spec/diagnostic.ts';
import type { AccessRule, Mesh, Product } from '../../spec/model.ts';
import { ColumnLineages } from '../lineage/column-lineage.ts';
import './errors.ts';

const READING = ['read', 'subscribe', 'export'];

/** A rule of a product that lets somebody read who may not read all of one of its inputs. */
interface Reach {
  readonly product: Product;
  readonly rule: AccessRule;
  readonly input: Product;
  /** By who is named in the rule. */
  readonly readers: ReadonlyMap<string, Decision>;
}

/** True when lineage has to be looked at. */
export function mayReveal(mesh: Mesh, nowMs: number): boolean {
  return reaches(mesh, nowMs).length > 0;
}

/** Throws what the engine throws. */
export async function revealProblems(engine: Engine, mesh: Mesh, nowMs: number): Promise<Diagnostic[]> {
  const lineages = new ColumnLineages(engine, new Map(mesh.products.map((product) => [product.id, product])));
  const found: Diagnostic[] = [];
  for (const reach of reaches(mesh, nowMs)) {
    const sources = await sourcesOf(lineages, reach);
    for (const [reader, decision] of reach.readers) {
      const shown = [...sources].filter(([, columns]) => columns.some((column) => !shows(decision, column)));
      if (shown.length > 0) found.push(diagnostic(reach, reader, shown));
    }
  }
  return found;
}

function reaches(mesh: Mesh, nowMs: number): Reach[] {
  const products = new Map(mesh.products.map((product) => [product.id, product]));
  return mesh.products.flatMap((product) =>
    product.inputs.flatMap((input): Reach[] => {
      const read = input.kind === 'product' ? products.get(input.product) : undefined;
      if (!read || isMeant(read, product)) return [];
      return product.access.flatMap((rule) => reachOf(mesh, { product, rule, input: read }, nowMs) ?? []);
    }),
  );
}

/** Its owner has named the product. */
function isMeant({ access }: Product, { name }: Product): boolean {
  return access.some(({ effect, who }) => effect === 'allow' && who.includes(`product:${name}`));
}

function reachOf(mesh: Mesh, parts: Omit<Reach, 'readers'>, nowMs: number): Reach | undefined {
  const { rule, input } = parts;
  const { effect, actions = READING, purpose } = rule;
  if (effect === 'deny' || !actions.some((action) => READING.includes(action))) return undefined;
  const readers = new Map<string, Decision>();
  for (const who of rule.who) {
    const principal = principalOf(mesh, who);
    if (!principal) continue;
    const decision = decide(input, { principal, action: 'read', port: undefined, purpose, nowMs });
    if (!decision.allowed || decision.sight.kind === 'part') readers.set(who, decision);
  }
  return readers.size === 0 ? undefined : { ...parts, readers };
}

/** The least of those who are named so; undefined for what is no reader: another product has rules of its own. */
function principalOf({ teams }: Mesh, who: string): Principal | undefined {
  if (who === 'anyone') return ANYONE;
  const at = who.indexOf(':');
  const [kind, name] = [who.slice(0, at), who.slice(at + 1)];
  if (kind === 'team') return { kind: 'user', name: '', teams: [name], attributes: {} };
  if (kind !== 'user' && kind !== 'service') return undefined;
  const called = kind === 'user' ? [who, name] : [who];
  const member = teams.filter(({ members }) => members.some((one) => called.includes(one)));
  return { kind, name, teams: member.map((team) => team.name), attributes: {} };
}

/** Columns that the rule shows as they are, and the columns of the input that each is made of: all of them where functions make it, none for what a query counts. */
async function sourcesOf(
  lineages: ColumnLineages,
  { product, rule, input }: Reach,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const isQuery = product.transform?.language === 'sql';
  const unknown = isQuery ? [] : input.datasets.flatMap(({ fields }) => fields.map(({ name }) => name));
  const columns = (await lineages.of(product)).filter(({ column }) => !Object.hasOwn(rule.mask, column));
  return new Map(
    columns.map(({ column, sources }) => [
      column,
      sources?.flatMap((one) => (one.product === input.id ? [one.column] : [])) ?? unknown,
    ]),
  );
}

/** Whether somebody sees a column in every row. */
function shows(decision: Decision, column: string): boolean {
  if (!decision.allowed) return false;
  const { sight } = decision;
  if (sight.kind === 'all') return true;
  return (
    sight.hidden.length === 0 &&
    sight.shown.some(({ rows, mask }) => rows === undefined && !Object.hasOwn(mask, column))
  );
}

function diagnostic(
  { product, rule, input }: Reach,
  reader: string,
  shown: readonly (readonly [string, readonly string[]])[],
): Diagnostic {
  const made = shown.map(([column, sources]) =>
    sources.length === 1 && sources[0] === column ? `"${column}"` : `"${column}" (of ${sources.join(', ')})`,
  );
  return {
    code: 'ACCESS_REVEALS',
    severity: 'warning',
    message: `${product.id} shows to ${reader} what they may not read, or not in all rows, in ${input.id}: ${made.join(', ')}.`,
    place: rule.place,
    hint: `Where this is meant, ${input.owner} says so in the access of ${input.name}: - { allow: ["product:${product.name}"] }. Else mask the columns here, or let fewer read.`,
  };
}
