/**
 * The masks of the mesh in the rules of a product: whoever has not stated a purpose sees fields of these classes masked. It is put into the rules
 * themselves, so that whatever decides, checks or explains rules knows of it.
 */
import { columnsOf, type Dataset, type Field } from '../../schema/field.ts';
import type { AccessRule } from '../model.ts';

/** By class, in the order of the mesh; the first one that a field has counts. */
export type ClassMasks = ReadonlyMap<string, unknown>;

type Masks = Readonly<Record<string, unknown>>;

/** A derived product and a delivery say in their specs what they are for: rules that name them stay as they are. */
const STATES_PURPOSE = /^(product|delivery):/;

export function maskClasses(
  rules: readonly AccessRule[],
  datasets: readonly Dataset[],
  classes: ClassMasks,
): readonly AccessRule[] {
  const masks = fieldMasks(datasets, classes);
  return Object.keys(masks).length === 0 ? rules : rules.flatMap((rule) => masked(rule, masks));
}

/** A mask that the rule has itself stays: the field is not seen as it is. */
function masked(rule: AccessRule, masks: Masks): AccessRule[] {
  if (rule.effect === 'deny' || rule.purpose !== undefined) return [rule];
  const exempt = rule.who.filter((who) => STATES_PURPOSE.test(who));
  const others = rule.who.filter((who) => !exempt.includes(who));
  return [
    ...(others.length > 0 ? [{ ...rule, who: others, mask: { ...masks, ...rule.mask } }] : []),
    ...(exempt.length > 0 ? [{ ...rule, who: exempt }] : []),
  ];
}

function fieldMasks(datasets: readonly Dataset[], classes: ClassMasks): Masks {
  const fields = datasets.flatMap((dataset) =>
    columnsOf(dataset).map((field) => ({ field, isKey: isKeyOf(field, dataset) })),
  );
  const masks: Record<string, unknown> = {};
  for (const { field, isKey } of fields) {
    const known = classesOf(field);
    const name = [...classes.keys()].find((one) => known.includes(one));
    if (name === undefined || (Object.hasOwn(masks, field.name) && !isKey)) continue;
    masks[field.name] = isKey ? { hash: true } : fitting(field, classes.get(name));
  }
  return masks;
}

/** What a member of an object is, the object is. */
function classesOf({ class: own = [], fields = [], items }: Field): readonly string[] {
  return [...own, ...[...fields, ...(items ? [items] : [])].flatMap(classesOf)];
}

/** Rows are told apart by it, so it can only be hashed. */
function isKeyOf({ name }: Field, { key }: Dataset): boolean {
  return typeof key !== 'string' && key.includes(name);
}

/** A text can be hashed or cut; what is none is not shown. */
function fitting({ type }: Field, mask: unknown): unknown {
  return typeof mask === 'object' && type !== 'string' ? null : mask;
}
