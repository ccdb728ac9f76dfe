/** Random conditions; some of them look into other tables. */
import type { Draw } from './draw.ts';
import { literal } from './literal.ts';
import { columnsOfKind, type Kind, nameOf, type Relation, SCALARS, type Source } from './relation.ts';

const COMPARISONS = ['=', '<>', '<', '>', '<=', '>=', 'is distinct from', 'is not distinct from'];

export class Conditions {
  readonly #draw: Draw;
  readonly #tables: readonly Relation[];

  constructor(draw: Draw, tables: readonly Relation[]) {
    this.#draw = draw;
    this.#tables = tables;
  }

  /** Over columns of the sources alone. */
  plain(sources: readonly Source[]): string {
    const draw = this.#draw;
    const roll = draw.between(1, 20);
    if (roll === 1) return `not (${this.plain(sources)})`;
    if (roll <= 3) return `(${this.plain(sources)} ${draw.one(['and', 'or'])} ${this.plain(sources)})`;
    return this.#simple(sources);
  }

  /** May hold sub-queries, correlated or not. */
  any(sources: readonly Source[]): string {
    return this.#draw.chance(0.35) ? this.#lookup(sources) : this.plain(sources);
  }

  #simple(sources: readonly Source[]): string {
    const draw = this.#draw;
    const { name, kind } = this.#column(sources);
    const value = literal(draw, kind).sql;
    const others = this.#namesOf(sources, kind);
    const forms = [
      `${name} is null`,
      `${name} is not null`,
      `${name} is not null`,
      `coalesce(${name} <= ${value}, true)`,
      `coalesce(${name} >= ${value}, true)`,
      `${name} ${draw.one(COMPARISONS)} ${value}`,
      `${name} ${draw.one(COMPARISONS)} ${draw.one(others)}`,
      `${name} in (${value}, ${literal(draw, kind).sql}, null)`,
    ];
    // The engine has no BETWEEN for the others.
    if (SCALARS.includes(kind)) forms.push(`${name} between ${value} and ${literal(draw, kind).sql}`);
    if (kind === 'string') forms.push(`${name} like '%b%'`, `${name} ilike 'b%'`);
    if (kind === 'integer') forms.push(`${name} % 2 = 0`);
    if (kind === 'boolean') forms.push(name);
    return draw.one(forms);
  }

  #lookup(sources: readonly Source[]): string {
    const draw = this.#draw;
    const table: Source = { ...draw.one(this.#tables), alias: draw.name('s') };
    const kinds = SCALARS.filter(
      (k) => columnsOfKind(table, [k]).length > 0 && this.#namesOf(sources, k).length > 0,
    );
    if (kinds.length === 0) return this.plain(sources);
    const kind = draw.one(kinds);
    const inner = nameOf(table, draw.one(columnsOfKind(table, [kind])));
    const outer = draw.one(this.#namesOf(sources, kind));
    const from = `from ${table.from} ${table.alias}`;
    const where = draw.chance(0.5) ? ` where ${this.plain([table])}` : '';
    const correlated = `${from} where ${inner} = ${outer}${draw.chance(0.4) ? ` and ${this.plain([table])}` : ''}`;
    return draw.one([
      `${outer} in (select ${inner} ${from}${where})`,
      `${outer} not in (select ${inner} ${from} where ${inner} is not null)`,
      `${outer} not in (select ${inner} ${from}${where})`,
      `${outer} is not null and ${outer} not in (select ${inner} ${from} where ${inner} is not null)`,
      `exists (select 1 ${correlated})`,
      `exists (select 1 ${from} where ${inner} = ${outer})`,
      `not exists (select 1 ${correlated})`,
      `${outer} > (select min(${inner}) ${from}${where})`,
      `${outer} = (select max(${inner}) ${correlated})`,
      `(select count(*) ${correlated}) > 1`,
      `${outer} >= all (select ${inner} ${from}${where})`,
      `${outer} = any (select ${inner} ${from}${where})`,
    ]);
  }

  #column(sources: readonly Source[]): { name: string; kind: Kind } {
    const all = sources.flatMap((source) =>
      source.columns.map((column) => ({ name: nameOf(source, column), kind: column.kind })),
    );
    return this.#draw.one(all);
  }

  #namesOf(sources: readonly Source[], kind: Kind): string[] {
    return sources.flatMap((source) => columnsOfKind(source, [kind]).map((column) => nameOf(source, column)));
  }
}
