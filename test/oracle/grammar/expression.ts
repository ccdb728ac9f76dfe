/** Random expressions over one or more sources, by the kind of value that they give. */
import type { Draw } from './draw.ts';
import { literal } from './literal.ts';
import { columnsOfKind, type Kind, nameOf, type Source, SQL_TYPES } from './relation.ts';

/** Draws a condition over the sources; handed in, because conditions hold expressions and the other way round. */
export type Condition = (sources: readonly Source[]) => string;

export class Expressions {
  readonly #draw: Draw;
  readonly #condition: Condition;

  constructor(draw: Draw, condition: Condition) {
    this.#draw = draw;
    this.#condition = condition;
  }

  /** A column of the kind, or a literal where there is none. */
  column(sources: readonly Source[], kind: Kind): string {
    const names = this.#names(sources, [kind]);
    if (names.length > 0) return this.#draw.one(names);
    return `cast(${literal(this.#draw, kind).sql} as ${SQL_TYPES[kind]})`;
  }

  any(sources: readonly Source[], kind: Kind): string {
    if (this.#draw.chance(0.4)) return this.column(sources, kind);
    const column = (of: Kind = kind) => this.column(sources, of);
    const forms = [...this.#forms(kind, column), ...this.#choices(sources, kind)];
    return `cast(${this.#draw.one(forms)} as ${SQL_TYPES[kind]})`;
  }

  /** Forms that every kind has. */
  #choices(sources: readonly Source[], kind: Kind): string[] {
    const column = () => this.column(sources, kind);
    const value = literal(this.#draw, kind).sql;
    const when = this.#condition(sources);
    return [
      `case when ${when} then ${column()} else ${value} end`,
      `case when ${when} then ${column()} end`,
      `coalesce(${column()}, ${value})`,
      `nullif(${column()}, ${value})`,
    ];
  }

  #forms(kind: Kind, column: (kind?: Kind) => string): string[] {
    switch (kind) {
      case 'integer':
        return integerForms(column);
      case 'number':
        return [
          `${column()} * 2`,
          `${column('integer')} % 1000`,
          `${column()} + ${column()}`,
          `abs(${column()})`,
        ];
      case 'decimal':
        return [
          `${column()} + 1.25`,
          `${column('integer')} % 1000`,
          `- ${column()}`,
          `round(${column()}, 1)`,
        ];
      case 'string':
        return stringForms(column);
      case 'boolean':
        return [`not ${column()}`, `${column('integer')} > 2`, `${column('string')} like '%b%'`];
      case 'date':
        return [`${column()} + 1`, `date_trunc('month', ${column()})`, `last_day(${column()})`];
      case 'object':
        return [
          `struct_pack(p := ${column('integer')}, q := ${column('string')})`,
          `{'p': len(${column('array')}), 'q': 'x'}`,
        ];
      case 'array':
        return [
          `[${column('integer')}, 7]`,
          `list_transform(${column()}, lambda x: x + 1)`,
          `list_filter(${column()}, lambda x: x > 1)`,
          `list_sort(${column()})`,
        ];
    }
  }

  #names(sources: readonly Source[], kinds: readonly Kind[]): string[] {
    return sources.flatMap((source) => columnsOfKind(source, kinds).map((column) => nameOf(source, column)));
  }
}

function integerForms(column: (kind?: Kind) => string): string[] {
  return [
    `${column()} + ${column()}`,
    `${column()} % 3`,
    `length(${column('string')})`,
    `year(${column('date')})`,
    `${column('boolean')}`,
    `${column('object')}.p`,
    `len(${column('array')})`,
    `${column('array')}[1]`,
    `${column('decimal')}`,
    `floor(${column('number')})`,
    `date_diff('day', ${column('date')}, date '2024-01-01')`,
  ];
}

function stringForms(column: (kind?: Kind) => string): string[] {
  return [
    `upper(${column()})`,
    `${column()} || '-' || ${column()}`,
    `substr(${column()}, 1, 2)`,
    `${column('integer')}`,
    `${column('date')}`,
    `${column('decimal')}`,
    `${column('object')}.q`,
    `array_to_string(${column('array')}, '/')`,
    `concat(${column()}, '!')`,
  ];
}
