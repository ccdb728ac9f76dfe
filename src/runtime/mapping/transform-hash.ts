import { createHash } from 'node:crypto';
import type { Dataset } from '../../schema/field.ts';
import type { ExternalInput, Transform } from '../../spec/model.ts';
import { isSmallInteger } from '../../transform/typescript/small-integer.ts';

/** Changes whenever the mapped records of the same source records may change. */
export function transformHash(transform: Transform, input: ExternalInput, dataset: Dataset): string {
  const types = (fields: Dataset['fields']): unknown =>
    fields.map((f) => [
      f.name,
      f.type,
      f.precision,
      f.scale,
      f.zone,
      f.fields && types(f.fields),
      f.items && types([f.items]),
      // Bounds decide what TypeScript is handed, and nothing for SQL.
      ...(transform.language === 'typescript' ? [isSmallInteger(f)] : []),
    ]);
  const identity = [
    transform.language,
    transform.source,
    input.name,
    types(input.fields ?? []),
    types(dataset.fields),
  ];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 16);
}
