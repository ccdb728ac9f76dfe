import { columnsOf, type Dataset, keyFieldsOf } from '../../schema/field.ts';
import type { DerivePlan } from '../derive-plan.ts';
import type { GuestSetup } from './messages.ts';

/** What a derived product's TypeScript is handed, and what it gives. */
export function derivedSetup(plan: DerivePlan): GuestSetup {
  return {
    inputs: plan.tables.map(({ name, dataset }) => ({
      name,
      fields: columnsOf(dataset),
      key: lookupKeyOf(dataset),
    })),
    fields: columnsOf(plan.dataset),
  };
}

/** Rows are looked up by a declared key; where the whole row is the key, who knows it has the row. */
export function lookupKeyOf(dataset: Dataset) {
  return typeof dataset.key === 'string' ? [] : keyFieldsOf(dataset);
}
