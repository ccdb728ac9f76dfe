/** A transform's TypeScript as the code that runs: built in memory, on its own. */
import { builtinModules } from 'node:module';
import { build, type Message, type Plugin } from 'esbuild';
import type { Transform } from '../../spec/model.ts';
import type { TransformProblem } from '../diagnostic-of.ts';

/** What a transform imports `defineTransform` from: `wharf:flights.airport-delays`. */
export const MODULE_PREFIX = 'wharf:';

export interface BuiltTransform {
  readonly code: string;
  /** A source map, as JSON. */
  readonly map: string;
  /** As the spec names it. */
  readonly file: string;
}

export type BuildResult =
  | { readonly built: BuiltTransform; readonly problems?: undefined }
  | { readonly built?: undefined; readonly problems: readonly TransformProblem[] };

const OUT = '/transform.js';

/** The file's own text is all that there is to a transform, so its identity is that text. Never throws for what it holds. */
export async function buildTypescript(transform: Transform): Promise<BuildResult> {
  const file = transform.file ?? 'transform.ts';
  try {
    const { outputFiles } = await build({
      stdin: { contents: transform.source, sourcefile: file, loader: 'ts', resolveDir: '/' },
      bundle: true,
      write: false,
      outfile: OUT,
      sourcemap: 'external',
      sourcesContent: false,
      format: 'cjs',
      platform: 'neutral',
      target: 'node20',
      charset: 'utf8',
      logLevel: 'silent',
      // The compiler options of a folder around the mesh are not the transform's.
      tsconfigRaw: '{}',
      plugins: [onlyWharf],
    });
    const textOf = (suffix: string) => outputFiles.find(({ path }) => path.endsWith(suffix))?.text ?? '';
    return { built: { code: textOf('.js'), map: textOf('.map'), file } };
  } catch (thrown) {
    const { errors } = thrown as { errors?: readonly Message[] };
    if (!errors) throw thrown;
    return { problems: errors.map((error) => problemOf(error, transform.source)) };
  }
}

const IMPORT_HINT = `Write what it needs into its own file, and import "defineTransform" alone, from "${MODULE_PREFIX}" and the product's name.`;

/** `wharf:...` is there when it runs; nothing else can be imported. */
const onlyWharf: Plugin = {
  name: 'only-wharf',
  setup({ onResolve }) {
    onResolve({ filter: /.*/ }, ({ path, kind }) => {
      if (kind === 'entry-point') return undefined;
      if (path.startsWith(MODULE_PREFIX)) return { path, external: true };
      const isNode = path.startsWith('node:') || builtinModules.includes(path);
      const what = isNode ? 'a module of Node' : 'another file or package';
      const text = `The transform imports "${path}", ${what}; it must stand on its own.`;
      return { errors: [{ text, detail: IMPORT_HINT }] };
    });
  },
};

function problemOf({ text, location, detail }: Message, source: string): TransformProblem {
  const message = /[.!?]$/.test(text) ? text : `${text}.`;
  const hint = typeof detail === 'string' ? { hint: detail } : {};
  const problem = { code: 'TRANSFORM_TYPESCRIPT', message, ...hint };
  return location ? { ...problem, offset: offsetOf(source, location.line, location.column) } : problem;
}

/** `line` from 1, `column` in bytes from 0. */
export function offsetOf(source: string, line: number, column: number): number {
  const lines = source.split('\n').slice(0, line);
  const last = Buffer.from(lines.pop() ?? '')
    .subarray(0, column)
    .toString().length;
  return lines.reduce((sum, text) => sum + text.length + 1, last);
}
