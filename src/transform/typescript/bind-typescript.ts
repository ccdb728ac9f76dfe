/** `wharf check` for transforms in TypeScript: they build, load, have a function for each input that needs one, and repeat themselves. */
import { codeOf, messageOf } from '../../base/errors.ts';
import { seededRandom } from '../../base/random.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { Diagnostic } from '../../spec/diagnostic.ts';
import type { Product } from '../../spec/model.ts';
import { diagnosticOf, type TransformProblem } from '../diagnostic-of.ts';
import { buildTypescript, MODULE_PREFIX } from './build-typescript.ts';
import { findChangingRecord } from './find-changing-record.ts';
import { typescriptSetup } from './guest-setup.ts';
import type { GuestSetup } from './messages.ts';
import { type RunnerOptions, TypescriptRunner } from './typescript-runner.ts';

const SAMPLE_SEED = 20_010_225;

/** Nothing for a product without TypeScript. `products` holds all of the mesh, by id. */
export async function bindTypescript(
  product: Product,
  products: ReadonlyMap<string, Product>,
): Promise<Diagnostic[]> {
  const { transform } = product;
  const setup = typescriptSetup(product, products);
  if (transform?.language !== 'typescript' || !setup) return [];
  const { built, problems } = await buildTypescript(transform);
  const found = built ? await tryOut({ built, setup }, product) : problems;
  return found.map((problem) => diagnosticOf(problem, transform));
}

async function tryOut(options: RunnerOptions, product: Product): Promise<readonly TransformProblem[]> {
  const runner = new TypescriptRunner(options);
  try {
    const functions = await runner.functions();
    const wrong = wrongFunctions(functions, product, options.setup);
    if (wrong.length > 0) return wrong;
    const changing = await findChangingRecord(options, functions, seededRandom(SAMPLE_SEED));
    return changing ? [changing] : [];
  } catch (thrown) {
    if (codeOf(thrown) !== 'TRANSFORM_TYPESCRIPT') throw thrown;
    return [loadProblem(messageOf(thrown), product)];
  } finally {
    await runner.close();
  }
}

function wrongFunctions(
  functions: readonly string[],
  product: Product,
  setup: GuestSetup,
): TransformProblem[] {
  const known = setup.inputs.map(({ name }) => name);
  const list = known.join(', ');
  const code = 'TRANSFORM_TYPESCRIPT';
  const unknown = functions
    .filter((name) => !known.includes(name))
    .map((name) => ({
      code,
      message: `The transform has a function "${name}", and ${product.name} has no input of that name.`,
      hint: didYouMean(name, known) || `Its inputs are: ${list}.`,
    }));
  const needed = product.inputs.filter(({ kind, name }) => kind === 'external' && !functions.includes(name));
  const missing = needed.map(({ name }) => ({
    code,
    message: `The transform has no function "${name}" for the records of that input.`,
    hint: `Write: ${name}(record) { return [...]; }`,
  }));
  if (unknown.length + missing.length > 0 || functions.length > 0) return [...unknown, ...missing];
  return [{ code, message: 'The transform has no function.', hint: `Write one for an input: ${list}.` }];
}

/** The message begins with the file, which the diagnostic names by itself, and may end with the line. */
function loadProblem(message: string, { name, transform }: Product): TransformProblem {
  const text = message.slice(message.indexOf(': ') + 2);
  const line = /\(\S+:(\d+)\)$/.exec(text)?.[1];
  const before = (transform?.source ?? '').split('\n').slice(0, Number(line ?? 1) - 1);
  const offset = before.reduce((sum, one) => sum + one.length + 1, 0);
  const isMissing = text.startsWith('ReferenceError: defineTransform ');
  const hint = isMissing
    ? { hint: `Begin the file with: import { defineTransform } from '${MODULE_PREFIX}${name}';` }
    : {};
  return { code: 'TRANSFORM_TYPESCRIPT', message: text.replace(/ \(\S+:\d+\)$/, ''), offset, ...hint };
}
