/** `wharf check` for access rules: each condition and mask is bound against the product's empty datasets, so none is found wrong when somebody reads. */
import './errors.ts';
import { type Mask, maskSql } from '../../access/lens-of.ts';
import type { Engine } from '../../engine/engine.ts';
import { attempt } from '../../quality/attempt.ts';
import { columnsOf, type Dataset, type Field, keyFieldsOf } from '../../schema/field.ts';
import { lensSql, PRINCIPAL_COLUMN } from '../../schema/lens.ts';
import { sqlName, sqlType } from '../../schema/sql-type.ts';
import type { Diagnostic } from '../../spec/diagnostic.ts';
import type { AccessRule, Mesh, Product } from '../../spec/model.ts';
import { findUnrepeatable } from '../../transform/find-unrepeatable.ts';
import { parseSql } from '../../transform/parse-sql.ts';
import type { SqlTree } from '../../transform/sql-tree.ts';
import { unsteadyCalls } from '../../transform/unsteady-calls.ts';

const ROWS = '_rows';
const NOBODY = { kind: 'anyone', name: '', teams: [], attributes: {} };

/** True when an access rule of the mesh has something to bind. */
export function hasConditions(mesh: Mesh): boolean {
  return mesh.products.some((product) => product.access.some(isConditional));
}

function isConditional({ rows, mask }: AccessRule): boolean {
  return rows !== undefined || Object.keys(mask).length > 0;
}

export async function bindAccess(engine: Engine, mesh: Mesh): Promise<Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const product of mesh.products) {
    for (const rule of product.access.filter(isConditional)) {
      const problem = await problemOf(engine, product, rule);
      if (problem !== undefined) found.push(diagnostic(rule, problem));
    }
  }
  return found;
}

function diagnostic(rule: AccessRule, problem: string): Diagnostic {
  return {
    code: 'ACCESS_INVALID',
    severity: 'error',
    message: `The access rule cannot be held: ${problem}`,
    place: rule.place,
    hint: 'A condition is an SQL expression over the fields of the product and principal.name, principal.kind, principal.teams, principal.attributes.',
  };
}

async function problemOf(engine: Engine, product: Product, rule: AccessRule): Promise<string | undefined> {
  for (const dataset of product.datasets) {
    const columns = columnsOf(dataset);
    if (columns.some(({ name }) => name === PRINCIPAL_COLUMN))
      return `"${dataset.name}" has a field "${PRINCIPAL_COLUMN}", which is what conditions call the one who asks.`;
    const masked = columns.filter((field) => Object.hasOwn(rule.mask, field.name));
    const problem =
      maskProblem(rule, dataset, masked) ??
      (await expressionProblem(engine, rule, masked)) ??
      (await bindProblem(engine, rule, dataset, masked));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function maskProblem(rule: AccessRule, dataset: Dataset, masked: readonly Field[]): string | undefined {
  if (rule.effect === 'deny' && masked.length > 0) return 'a rule that denies has no mask.';
  const keys = new Set(dataset.key === 'row' ? [] : keyFieldsOf(dataset).map((field) => field.name));
  for (const field of masked) {
    const mask = rule.mask[field.name] as Mask;
    const kind = kindOf(mask);
    if (kind === undefined)
      return `the mask of "${field.name}" is ${JSON.stringify(mask)}; it may be null, a constant, { hash: true }, { first: 3 } or { sql: "..." }.`;
    if (keys.has(field.name) && kind !== 'hash')
      return `"${field.name}" is of the key, by which rows are told apart; it can only be masked by { hash: true }.`;
    if ((kind === 'hash' || kind === 'first') && field.type !== 'string')
      return `"${field.name}" is ${field.type}, and only a string can be masked by ${kind}.`;
  }
  return undefined;
}

function kindOf(mask: Mask): 'constant' | 'hash' | 'first' | 'sql' | undefined {
  if (typeof mask !== 'object' || mask === null) return 'constant';
  const [name, ...others] = Object.keys(mask);
  if (others.length > 0) return undefined;
  if (name === 'hash') return (mask as { hash: unknown }).hash === true ? 'hash' : undefined;
  if (name === 'sql') return typeof (mask as { sql: unknown }).sql === 'string' ? 'sql' : undefined;
  const length = Number((mask as { first?: unknown }).first);
  return name === 'first' && Number.isInteger(length) && length >= 0 && length <= 1_000 ? 'first' : undefined;
}

/** Each is one expression by itself, over the row alone: what it is put into cannot change what it means. */
async function expressionProblem(
  engine: Engine,
  rule: AccessRule,
  masked: readonly Field[],
): Promise<string | undefined> {
  const expressions = [
    ...(rule.rows === undefined ? [] : [rule.rows]),
    ...masked.flatMap((field) => {
      const mask = rule.mask[field.name] as Mask;
      return kindOf(mask) === 'sql' ? [(mask as { sql: string }).sql] : [];
    }),
  ];
  for (const expression of expressions) {
    const tree = await parseSql(engine, `select 1 from ${ROWS} where ${expression}\n`);
    if (tree.error) return `"${expression}" is not an SQL expression.`;
    if (!isOneExpression(tree)) return `"${expression}" is more than an expression over the row.`;
    const [problem] = findUnrepeatable(tree, [ROWS]).filter(({ severity }) => severity === 'error');
    if (problem) return problem.message.replace('The transform', `"${expression}"`);
  }
  return undefined;
}

/** Nothing but the condition of the SELECT that it was put into, and no query inside it. */
function isOneExpression(tree: SqlTree): boolean {
  const [statement, ...others] = tree.statements ?? [];
  const node = statement?.node as Readonly<Record<string, unknown>> | undefined;
  if (!node || others.length > 0 || node.type !== 'SELECT_NODE') return false;
  const isBare =
    isEmpty(node.modifiers) &&
    isEmpty(node.group_expressions) &&
    node.aggregate_handling === 'STANDARD_HANDLING' &&
    [node.having, node.qualify, node.sample].every((part) => part === null);
  return isBare && !JSON.stringify(node.where_clause).includes('"class":"SUBQUERY"');
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}

async function bindProblem(
  engine: Engine,
  rule: AccessRule,
  dataset: Dataset,
  masked: readonly Field[],
): Promise<string | undefined> {
  const columns = columnsOf(dataset);
  const table = columns.map((field) => `${sqlName(field.name)} ${sqlType(field)}`).join(', ');
  const masks = new Map(masked.map((field) => [field.name, maskSql(field, rule.mask[field.name])]));
  const lens = { parts: [{ rows: rule.rows, masks }], hidden: [], principal: NOBODY };
  const setup = [`create temp table ${ROWS} (${table})`];
  const query = lensSql(dataset, `select * from ${ROWS}`, lens);
  const bound = await attempt(() => engine.describe(query, setup));
  if ('broken' in bound) return bound.broken;
  const [unsteady] = await unsteadyCalls(engine, query, setup);
  if (unsteady)
    return `${unsteady}() gives something else another time; what is seen must not change by itself.`;
  // Values that do not fit their types are found by running it on a row of nulls.
  const run = await attempt(() => engine.run([...setup, `insert into ${ROWS} default values`, query]));
  return 'broken' in run ? run.broken : undefined;
}
