/** Service levels, checks and access rules as the model has them. */
import { createHash } from 'node:crypto';
import { parseDuration } from '../../base/duration.ts';
import { CHECK_KINDS } from '../grammar/promise-grammar.ts';
import type { AccessRule, Check, LatencyPromise, Options, Slo } from '../model.ts';
import { entriesOf, itemsOf, placeOf, type SpecNode, textAt, textOf, valueAt } from '../source/node.ts';
import { plainValue } from './plain-value.ts';

export function buildSlo(node: SpecNode | undefined): Slo {
  return {
    freshnessMs: durationAt(node, 'freshness'),
    availability: readShare(textAt(node, 'availability')),
    completeness: readShare(textAt(node, 'completeness')),
    latency: buildLatency(valueAt(node, 'latency')),
    deliveryLagMs: durationAt(node, 'delivery_lag'),
  };
}

const LATENCY_SHARE = '99%';

function buildLatency(node: SpecNode | undefined): LatencyPromise | undefined {
  if (node === undefined) return undefined;
  const within = textOf(node) ?? textAt(node, 'within') ?? '';
  const withinMs = parseDuration(within);
  const share = readShare(textAt(node, 'share') ?? LATENCY_SHARE);
  return withinMs === undefined || share === undefined ? undefined : { withinMs, share };
}

function durationAt(node: SpecNode | undefined, key: string): number | undefined {
  const text = textAt(node, key);
  return text === undefined ? undefined : parseDuration(text);
}

/** `99.5%` as 0.995: the digits are moved, not divided, so that no share gains a rounding error. */
export function readShare(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return Number(`${text.replace('%', '').trim()}e-2`);
}

export function buildChecks(node: SpecNode | undefined): Check[] {
  return itemsOf(node).map(buildCheck);
}

function buildCheck(node: SpecNode): Check {
  const kind = CHECK_KINDS.find((name) => valueAt(node, name) !== undefined) as Check['kind'];
  const content = valueAt(node, kind);
  const is = textAt(node, 'is');
  const options: Options = {
    [kind]: content && plainValue(content),
    ...(kind === 'sql' ? { is: is ?? '0' } : {}),
  };
  const digest = createHash('sha256').update(JSON.stringify(options)).digest('hex').slice(0, 8);
  const on = textAt(node, 'on');
  return {
    id: textAt(node, 'name') ?? `${kind}-${digest}`,
    kind,
    options,
    tolerance: textAt(node, 'tolerance'),
    severity: textAt(node, 'severity') === 'warning' ? 'warning' : 'error',
    on: on === 'batch' || on === 'schedule' ? on : 'state',
    place: placeOf(node),
  };
}

/** Who may what; without any rule, nobody but the owner may anything. */
export function buildAccess(node: SpecNode | undefined): AccessRule[] {
  return itemsOf(node).map(buildAccessRule);
}

function buildAccessRule(node: SpecNode): AccessRule {
  const allow = valueAt(node, 'allow');
  return {
    effect: allow ? 'allow' : 'deny',
    who: textsOf(allow ?? valueAt(node, 'deny')),
    ports: valueAt(node, 'ports') && textsOf(valueAt(node, 'ports')),
    actions: valueAt(node, 'actions') && textsOf(valueAt(node, 'actions')),
    rows: textAt(node, 'rows'),
    mask: Object.fromEntries(buildMasks(valueAt(node, 'mask'))),
    purpose: textAt(node, 'purpose'),
    until: textAt(node, 'until'),
    place: placeOf(node),
  };
}

/** By the names that are masked. */
export function buildMasks(node: SpecNode | undefined): ReadonlyMap<string, unknown> {
  return new Map(entriesOf(node).map(({ key, value }) => [key.text, plainValue(value)]));
}

/** The texts of a list, or of the one item that stands for it. */
export function textsOf(node: SpecNode | undefined): string[] {
  return itemsOf(node)
    .map(textOf)
    .filter((text) => text !== undefined);
}
