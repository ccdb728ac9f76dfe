/** The checks of a product: those that follow from its fields, then those that it declares. */

import { present } from '../base/assert.ts';
import { parseDuration } from '../base/duration.ts';
import { columnsOf, type Dataset, type Field } from '../schema/field.ts';
import { sqlName } from '../schema/sql-type.ts';
import { parseFieldLink, parseFieldReference } from '../spec/draft/references.ts';
import type { Check, Product } from '../spec/model.ts';
import { countedCondition } from './counted-condition.ts';
import { boundsText, impliedChecks, literalSql, patternCondition } from './implied-checks.ts';
import type { CheckReference, Measure, PlannedCheck } from './planned-check.ts';
import { ALL, readShare, restOf, type Share } from './share.ts';
import { type AspectWanted, aspectOf, aspectText } from './shift-aspect.ts';

/** `products` holds all of the mesh, by id. */
export function planChecks(product: Product, products: ReadonlyMap<string, Product>): PlannedCheck[] {
  const planned = [
    ...impliedChecks(product),
    ...product.checks.map((check) => planDeclared(product, check, products)),
  ];
  const seen = new Map<string, number>();
  return planned.map((check) => {
    const times = (seen.get(check.id) ?? 0) + 1;
    seen.set(check.id, times);
    return times === 1 ? check : { ...check, id: `${check.id}-${times}` };
  });
}

/** True when anything of the product is to be checked at all while it runs. */
export function isChecked(product: Product): boolean {
  return (
    product.gate ||
    product.checks.length > 0 ||
    product.datasets.some((dataset) => dataset.fields.some((field) => field.unique))
  );
}

const WEEK_MS = 7 * 86_400_000;

interface Meaning {
  readonly dataset: Dataset;
  readonly measure: Measure;
  readonly doc: string;
  readonly threshold: string;
}

function planDeclared(product: Product, check: Check, products: ReadonlyMap<string, Product>): PlannedCheck {
  const { id, kind, severity, on, place } = check;
  return { id, kind, severity, on, place, declared: true, ...meaningOf(product, check, products) };
}

function meaningOf(product: Product, check: Check, products: ReadonlyMap<string, Product>): Meaning {
  const content = check.options[check.kind];
  const allowed = restOf(check.tolerance === undefined ? ALL : readShare(check.tolerance));
  const first = present(product.datasets[0], 'a checked product has a dataset');
  switch (check.kind) {
    case 'rows':
      return rowsMeaning(first, content as { min?: number; max?: number });
    case 'nulls':
    case 'values':
    case 'pattern':
      return fieldMeaning(product, check, allowed);
    case 'unique':
      return uniqueMeaning(product, content, allowed);
    case 'references':
      return referenceMeaning(product, String(content), allowed, products);
    case 'fresh':
      return freshMeaning(product, first, content);
    case 'volume': {
      const { window, change, against } = content as { window: string; change: string; against?: string };
      const windowMs = durationOf(window);
      const isWeek = against === 'week';
      const backMs = isWeek ? WEEK_MS : windowMs;
      const measure = { of: 'volume', windowMs, backMs, change: readShare(change) } as const;
      const other = isWeek ? 'the same time a week before' : `the ${window} before`;
      const doc = `The number of records of the last ${window} is that of ${other}.`;
      return { dataset: first, measure, doc, threshold: `a change of at most ${measure.change.text}` };
    }
    case 'distribution':
      return shiftMeaning(product, content as ShiftContent);
    case 'sql': {
      const is = String(check.options.is ?? '0');
      const doc = String(content).replaceAll(/\s+/g, ' ').trim();
      const bad = is === '0' ? countedCondition(String(content)) : undefined;
      if (bad !== undefined)
        return {
          dataset: first,
          measure: { of: 'rows', bad, allowed },
          doc,
          threshold: allowedText(allowed),
        };
      return { dataset: first, measure: { of: 'value', sql: String(content), is }, doc, threshold: is };
    }
  }
}

function rowsMeaning(dataset: Dataset, { min, max }: { min?: number; max?: number }): Meaning {
  const threshold = min === undefined && max === undefined ? 'any number' : boundsText(min, max);
  return { dataset, measure: { of: 'count', min, max }, doc: `There are ${threshold} rows.`, threshold };
}

function fieldMeaning(product: Product, check: Check, allowed: Share): Meaning {
  const content = check.options[check.kind] as { field: string; max: string; in: unknown[]; matches: string };
  const { dataset, field } = fieldOf(product, content.field);
  const rows = (bad: string, doc: string, share = allowed): Meaning => ({
    dataset,
    measure: { of: 'rows', bad, allowed: share },
    doc,
    threshold: allowedText(share),
  });
  if (check.kind === 'nulls') {
    const share = readShare(content.max);
    return rows(
      `${sqlName(field.name)} is null`,
      `${field.name} is missing in at most ${share.text} of rows.`,
      share,
    );
  }
  if (check.kind === 'pattern') {
    const { bad, doc } = patternCondition(field, content.matches);
    return rows(bad, doc);
  }
  const values = content.in.map(String);
  const list = values.map((value) => literalSql(field, value)).join(', ');
  return rows(`${sqlName(field.name)} not in (${list})`, `${field.name} is one of ${values.join(', ')}.`);
}

function uniqueMeaning(product: Product, content: unknown, allowed: Share): Meaning {
  const names = (Array.isArray(content) ? content : [content]).map(String);
  const { dataset } = fieldOf(product, names[0] ?? '');
  const fields = names.map((name) => fieldIn(dataset, name) ?? fieldOf(product, name).field);
  const doc = `No two rows have the same ${names.join(', ')}.`;
  return { dataset, measure: { of: 'unique', fields, allowed }, doc, threshold: allowedText(allowed) };
}

function referenceMeaning(
  product: Product,
  link: string,
  allowed: Share,
  products: ReadonlyMap<string, Product>,
): Meaning {
  const sides = present(parseFieldLink(link), 'a checked link has two sides');
  const { dataset, field } = fieldOf(product, sides.field);
  const reference = resolveReference(sides.target, products);
  const doc = `${field.name} is one of ${reference.text}.`;
  return {
    dataset,
    measure: { of: 'references', field, reference, allowed },
    doc,
    threshold: allowedText(allowed),
  };
}

function resolveReference(text: string, products: ReadonlyMap<string, Product>): CheckReference {
  const parsed = present(parseFieldReference(text), 'a checked reference can be read');
  const majors = [...products.values()]
    .filter(({ name, major }) => name === parsed.product && (parsed.major ?? major) === major)
    .sort((a, b) => b.major - a.major);
  const target = present(majors[0], `a checked reference "${text}" names a product`);
  const dataset = target.datasets.find(({ name }) => name === parsed.dataset) ?? target.datasets[0];
  return { stream: target.id, dataset: dataset?.name ?? '', field: parsed.field, text };
}

function freshMeaning(product: Product, first: Dataset, content: unknown): Meaning {
  if (typeof content === 'string') {
    const measure = { of: 'age', field: undefined, maxMs: durationOf(content) } as const;
    return {
      dataset: first,
      measure,
      doc: `The newest record is at most ${content} old.`,
      threshold: `at most ${content}`,
    };
  }
  const { field: name, max } = content as { field: string; max: string };
  const { dataset, field } = fieldOf(product, name);
  const measure = { of: 'age', field, maxMs: durationOf(max) } as const;
  return { dataset, measure, doc: `The newest ${name} is at most ${max} old.`, threshold: `at most ${max}` };
}

interface ShiftContent extends AspectWanted {
  readonly field: string;
  readonly window: string;
  readonly change: string;
}

function shiftMeaning(product: Product, content: ShiftContent): Meaning {
  const { dataset, field } = fieldOf(product, content.field);
  const change = readShare(content.change);
  const aspect = aspectOf(field, content);
  return {
    dataset,
    measure: { of: 'shift', field, windowMs: durationOf(content.window), change, aspect },
    doc: `${aspectText(aspect)} of ${field.name} of the last ${content.window} is like that of the ${content.window} before.`,
    threshold: `a shift of at most ${change.text}`,
  };
}

function allowedText(allowed: Share): string {
  return allowed.numerator === 0n ? 'no row' : `at most ${allowed.text} of rows`;
}

function durationOf(text: string): number {
  return present(parseDuration(text), `a checked duration "${text}" can be read`);
}

function fieldIn(dataset: Dataset, name: string): Field | undefined {
  return columnsOf(dataset).find((field) => field.name === name);
}

/** In the first dataset that has a field of this name. */
function fieldOf(product: Product, name: string): { readonly dataset: Dataset; readonly field: Field } {
  for (const dataset of product.datasets) {
    const field = fieldIn(dataset, name);
    if (field) return { dataset, field };
  }
  throw new Error(`Invariant broken: a checked field "${name}" is not in ${product.id}`);
}
