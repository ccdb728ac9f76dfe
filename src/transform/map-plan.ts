import type { Dataset, Field } from '../schema/field.ts';

/** A map from the records of one external input to a dataset, as it is declared. */
export interface MapPlan {
  readonly sql: string;
  /** The input's name: the table that the SQL reads. */
  readonly input: string;
  readonly fields: readonly Field[];
  readonly dataset: Dataset;
}
