/**
 * What a product may promise, given what it reads: it is no fresher than its oldest input and its own schedule together, no more
 * available or complete than all of its inputs together, and its tier is no higher than theirs unless a gate of its own makes the difference.
 */
import { formatDuration } from '../base/duration.ts';
import { parseSchedule } from '../base/schedule.ts';
import type { Diagnostic } from '../spec/diagnostic.ts';
import type { Product, Slo } from '../spec/model.ts';

/** What is passed on from input to output; how soon ports answer and deliveries follow is each product's own. */
type Objective = Extract<keyof Slo, 'freshnessMs' | 'availability' | 'completeness'>;
type Products = ReadonlyMap<string, Product>;

/** The best that can be promised, and the products that it comes from, the nearest first; no value when one of them promises nothing. */
interface Best {
  readonly value: number | undefined;
  readonly chain: readonly string[];
  /** What each product promises that it is made of: one that is read on two ways fails once. */
  readonly parts: ReadonlyMap<string, number>;
}

const WORDS: Readonly<Record<Objective, string>> = {
  freshnessMs: 'freshness',
  availability: 'availability',
  completeness: 'completeness',
};
const TIERS = ['bronze', 'silver', 'gold'] as const;
/** Shares are products of shares, whose last digits are rounded. */
const EPSILON = 1e-12;

/** `products` holds all of the mesh, by id. */
export function composePromises(product: Product, products: Products): Diagnostic[] {
  if (inputsOf(product, products).length === 0) return [];
  const objectives = Object.keys(WORDS) as Objective[];
  return [
    ...objectives.flatMap((objective) => objectiveProblem(product, products, objective)),
    ...tierProblem(product, products),
  ];
}

function objectiveProblem(product: Product, products: Products, objective: Objective): Diagnostic[] {
  const promised = product.slo[objective];
  if (promised === undefined) return [];
  const best = composed(product, products, objective);
  const word = WORDS[objective];
  const said = `${product.name} promises ${withArticle(word)} of ${textOf(objective, promised)}`;
  const chain = [product.id, ...best.chain].join(' <- ');
  if (best.value === undefined) {
    const last = best.chain.at(-1);
    const message = `${said}, and ${last} promises none (${chain}).`;
    return [problem(product, message, `Add "slo: { ${word}: ... }" to ${last}, or leave the promise out.`)];
  }
  const holds = objective === 'freshnessMs' ? promised >= best.value : promised <= best.value + EPSILON;
  if (holds) return [];
  const limit = textOf(objective, best.value);
  const message = `${said}, and what it reads allows for ${limit} at best (${chain}).`;
  return [problem(product, message, `Promise ${limit}, or have the inputs promise more.`)];
}

/** What the inputs allow for. */
function composed(product: Product, products: Products, objective: Objective): Best {
  const found = inputsOf(product, products).map((input) => promiseOf(input, products, objective));
  const missing = found.find(({ value }) => value === undefined);
  if (missing) return missing;
  const [first, ...others] = found;
  if (!first) return { value: undefined, chain: [], parts: new Map() };
  const isWorse = (a: Best, b: Best) =>
    objective === 'freshnessMs' ? (a.value ?? 0) > (b.value ?? 0) : (a.value ?? 0) < (b.value ?? 0);
  const worst = others.reduce((a, b) => (isWorse(b, a) ? b : a), first);
  if (objective === 'freshnessMs') return { ...worst, value: (worst.value ?? 0) + longestWaitMs(product) };
  const parts = new Map(found.flatMap((best) => [...best.parts]));
  return { value: [...parts.values()].reduce((all, value) => all * value, 1), chain: worst.chain, parts };
}

/** Due instants of a schedule that are looked at: more than a year of weeks. */
const INSTANTS_LOOKED_AT = 60;
const A_MONDAY_MS = Date.UTC(2026, 0, 5);

/** Between two runs of a transform on a schedule; 0 for all others, which follow their inputs. */
function longestWaitMs({ transform }: Product): number {
  const schedule = transform?.every === undefined ? undefined : parseSchedule(transform.every);
  let longest = 0;
  if (!schedule) return longest;
  for (let i = 0, at = schedule.next(A_MONDAY_MS); i < INSTANTS_LOOKED_AT && Number.isFinite(at); i++) {
    const next = schedule.next(at);
    if (Number.isFinite(next)) longest = Math.max(longest, next - at);
    at = next;
  }
  return longest;
}

/** What the product promises, or, where it says nothing, what its own inputs allow for. */
function promiseOf(product: Product, products: Products, objective: Objective): Best {
  const promised = product.slo[objective];
  if (promised !== undefined || inputsOf(product, products).length === 0)
    return {
      value: promised,
      chain: [product.id],
      parts: new Map(promised === undefined ? [] : [[product.id, promised]]),
    };
  const best = composed(product, products, objective);
  return { ...best, chain: [product.id, ...best.chain] };
}

function tierProblem(product: Product, products: Products): Diagnostic[] {
  const rank = TIERS.indexOf(product.tier);
  const [lowest] = [...inputsOf(product, products)].sort(
    (a, b) => TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier),
  );
  const steps = lowest ? rank - TIERS.indexOf(lowest.tier) : 0;
  if (!lowest || steps <= 0 || (steps === 1 && product.gate)) return [];
  const chain = `${product.id} <- ${lowest.id}`;
  const said = `${product.name} is ${product.tier}, and reads ${lowest.id}, which is ${lowest.tier} (${chain})`;
  if (steps === 1)
    return [
      problem(
        product,
        `${said}; nothing between them makes the difference.`,
        'Add "gate: true", so that only what passes its checks is published.',
      ),
    ];
  return [
    problem(
      product,
      `${said}; a gate lifts a tier by one step.`,
      `Make it ${TIERS[rank - 1]}, or a product between them.`,
    ),
  ];
}

function inputsOf(product: Product, products: Products): Product[] {
  return product.inputs.flatMap((input) => {
    const read = input.kind === 'product' ? products.get(input.product) : undefined;
    return read ? [read] : [];
  });
}

function problem(product: Product, message: string, hint: string): Diagnostic {
  return { code: 'PROMISE_TOO_HIGH', severity: 'error', message, place: product.place, hint };
}

function textOf(objective: Objective, value: number): string {
  return objective === 'freshnessMs' ? formatDuration(value) : `${Number((100 * value).toFixed(6))}%`;
}

function withArticle(word: string): string {
  return word === 'availability' ? `an ${word}` : `a ${word}`;
}
