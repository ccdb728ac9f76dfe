/**
 * Loads a built program together with what V8 made of it when it was built: compiling five megabytes takes as long as all else that a start
 * does. What another version of Node kept, or what belongs to another build, is not taken; then it is compiled as always.
 */
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';

/** How a built program says which build it is of: V8 itself knows two programs apart by their lengths alone. */
export const BUILD_MARK = /\n\/\/ build [0-9a-f]{64}\n$/;

/** The file that keeps what V8 made of a program: the program's mark, and what V8 gave. */
export const compiledFile = (file) => `${file}.compiled`;

function readCompiled(file, mark) {
  try {
    const kept = readFileSync(compiledFile(file));
    return kept.subarray(0, mark.length).equals(Buffer.from(mark)) ? kept.subarray(mark.length) : undefined;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Runs the program, as `require` would; gives what was compiled of it. It holds no `import()`, which has no place in what V8 keeps. */
export function loadBuilt(file) {
  const source = readFileSync(file, 'utf8');
  const [mark] = BUILD_MARK.exec(source.slice(-80)) ?? [];
  const cachedData = mark && readCompiled(file, mark);
  const script = new vm.Script(Module.wrap(source), {
    filename: file,
    ...(cachedData ? { cachedData } : {}),
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, path.dirname(file));
  return { script, mark };
}
