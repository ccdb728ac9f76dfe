/** What a drawn mesh holds, told by its text: so that a count of constructs does not rest on what the grammar believes to draw. */
import type { DerivedProduct, DrawnMesh } from './mesh.ts';

type Sign = (product: DerivedProduct, mesh: DrawnMesh) => boolean;

const written =
  (pattern: RegExp): Sign =>
  ({ sql }) =>
    pattern.test(sql);

/** By name: what tells that a product has the construct. */
export const CONSTRUCTS: Readonly<Record<string, Sign>> = {
  'inner join': written(/(?<!left|right|full|semi|anti) join /),
  'left join': written(/ left join /),
  'right join': written(/ right join /),
  'full join': written(/ full join /),
  'full join by coalesce': written(/ full join .* group by coalesce\(/),
  'semi join': written(/ semi join /),
  'anti join': written(/ anti join /),
  'lateral join': written(/, lateral \(/),
  'group by': written(/ group by (?!rollup)/),
  rollup: written(/ group by rollup /),
  having: written(/ having /),
  distinct: written(/select distinct (?!on )/),
  'distinct on': written(/select distinct on /),
  union: written(/ union (?!all)/),
  'union all': written(/ union all /),
  except: written(/ except /),
  intersect: written(/ intersect /),
  cte: written(/\bwith \w+ as /),
  'query in from': written(/ from \(select /),
  'scalar sub-query': written(/(?<!(in|exists|any|all|from|as|as materialized|lateral) )\(select /),
  in: written(/ in \(select /),
  'not in': written(/ not in \(select /),
  exists: written(/(?<!not )exists \(select /),
  'not exists': written(/not exists \(select /),
  'any or all': written(/ (any|all) \(select /),
  window: written(/ over \(/),
  qualify: written(/ qualify /),
  limit: written(/ limit \d/),
  unnest: written(/unnest\(/),
  'nested field': written(/\.[pq]\b/),
  'made object': written(/struct_pack\(|\{'p'/),
  list: written(/list_(transform|filter|sort)\(/),
  count: written(/count\(/),
  'count distinct': written(/count\(distinct /),
  sum: written(/sum\(/),
  avg: written(/avg\(/),
  min: written(/min\(/),
  max: written(/max\(/),
  median: written(/median\(/),
  'list in an order': written(/\blist\([^()]* order by /),
  'string_agg in an order': written(/string_agg\(.* order by /),
  'first or last': written(/\b(first|last)\(/),
  arg_max: written(/arg_max\(/),
  'filtered aggregate': written(/ filter \(where /),
  reduce: ({ reductions }) => reductions !== undefined,
  'reduce by record': ({ reductions, sql }) => reductions !== undefined && !sql.includes(' group by '),
  'reduce by group': ({ reductions, sql }) => reductions !== undefined && sql.includes(' group by '),
  'external and product': ({ external, reads }) => external !== undefined && reads.length > 0,
  'several inputs': ({ reads }) => reads.length > 1,
  'derived of derived': ({ reads }, { derived }) => derived.some(({ name }) => reads.includes(name)),
  'derived of reduced': ({ reads }, { derived }) =>
    derived.some(({ name, reductions }) => reductions && reads.includes(name)),
  'whole row as key': ({ key }) => key === 'row',
};
