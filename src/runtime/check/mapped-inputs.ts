import type { InputConnector } from '../../kit/input.ts';
import type { Registry } from '../../kit/registry.ts';
import type { Diagnostic } from '../../spec/diagnostic.ts';
import type { Mesh } from '../../spec/model.ts';
import { destinationOf } from '../capture/destination.ts';

/** Inputs whose records cannot go through the transform that their product declares. */
export async function mappedInputProblems(
  mesh: Mesh,
  connectors: Registry<InputConnector>,
): Promise<Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const product of mesh.products) {
    for (const input of product.inputs) {
      if (input.kind !== 'external' || !destinationOf(product, input).mapped) continue;
      const connector = await connectors[input.from]?.();
      const unmapped = connector?.kind === 'pull' ? connector.unmapped : undefined;
      if (!unmapped) continue;
      found.push({
        code: 'TRANSFORM_INPUT',
        severity: 'error',
        message: `The transform of "${product.id}" cannot map records of the input "${input.name}": ${unmapped.why}.`,
        place: input.place,
        hint: unmapped.hint,
      });
    }
  }
  return found;
}
