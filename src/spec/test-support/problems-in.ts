import { AVAILABILITY, EVERYTHING_AVAILABLE } from '../availability.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { loadTexts } from '../load-texts.ts';
import type { Mesh } from '../model.ts';
import { EXAMPLE_DECLARATIONS, fieldExample } from '../rules/example-mesh.ts';
import type { Example } from '../rules/rule.ts';

/** What the rules say of a mesh, with everything of the language counted as built. */
export function diagnosticsIn(example: Example): Diagnostic[] {
  return loadTexts(example, { declarations: EXAMPLE_DECLARATIONS, availability: EVERYTHING_AVAILABLE })
    .diagnostics;
}

/** The same as lines: `CODE line:column message`. */
export function problemsIn(example: Example): string[] {
  return diagnosticsIn(example).map(lineOf);
}

/** What this version says, where the rest of the language is not built. */
export function problemsNow(example: Example): string[] {
  return loadTexts(example, {
    declarations: EXAMPLE_DECLARATIONS,
    availability: AVAILABILITY,
  }).diagnostics.map(lineOf);
}

/** The problems of a product with one field `value: ...` at line 8, as `CODE message`. */
export function problemsOfField(value: string, more: Example = {}): string[] {
  return diagnosticsIn(fieldExample(value, more)).map((d) => `${d.code} ${d.message}`);
}

/** The model; throws with the problems when there are any. */
export function meshOf(example: Example): Mesh {
  const options = { declarations: EXAMPLE_DECLARATIONS, availability: EVERYTHING_AVAILABLE };
  const { mesh, diagnostics } = loadTexts(example, options);
  if (!mesh) throw new Error(diagnostics.map(lineOf).join('\n'));
  return mesh;
}

function lineOf({ code, place, message }: Diagnostic): string {
  return `${code} ${place.line}:${place.column} ${message}`;
}
