import { readFileSync, statSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../base/errors.ts';
import { staysInside } from './mesh-files.ts';

export const SPEC_FILES_MAX = 20_000;
export const FOLDER_DEPTH_MAX = 16;
export const SPEC_FILE_BYTES_MAX = 1_000_000;

/** A spec file that was found; `text` is undefined when `problem` says why it cannot be used. */
export interface FoundFile {
  /** Relative to the mesh folder, with `/`. */
  readonly path: string;
  readonly text: string | undefined;
  readonly problem?: FileProblem;
}

export interface FileProblem {
  readonly kind:
    | 'unreadable'
    | 'too-large'
    | 'not-utf8'
    | 'link-outside'
    | 'wrong-suffix'
    | 'too-many'
    | 'too-deep';
  readonly message: string;
  readonly hint: string;
}

/**
 * The mesh's own file and every `*.product.yaml` below the folder, in the order of their paths.
 * `node_modules`, `.wharf` and other folders that start with a dot are passed over.
 */
export async function findSpecFiles(folder: string): Promise<FoundFile[]> {
  const search: Search = { folder, realFolder: await realpath(folder), paths: [], problems: [] };
  await visitFolder(search, '', 0);
  search.paths.sort();
  return [...search.problems, ...search.paths.map((relative) => readSpec(folder, relative))];
}

interface Search {
  readonly folder: string;
  readonly realFolder: string;
  readonly paths: string[];
  readonly problems: FoundFile[];
}

async function visitFolder(search: Search, relative: string, depth: number): Promise<void> {
  const entries = await readdir(path.join(search.folder, relative), { withFileTypes: true });
  for (const entry of entries) {
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) continue;
    const below = relative === '' ? entry.name : `${relative}/${entry.name}`;
    if (entry.isSymbolicLink() && (await followLink(search, below)) === 'ignored') continue;
    if (entry.isDirectory()) await visitBelow(search, below, depth);
    else takeFile(search, below);
  }
}

async function visitBelow(search: Search, relative: string, depth: number): Promise<void> {
  if (depth + 1 > FOLDER_DEPTH_MAX) {
    const message = `The folder "${relative}" is nested deeper than ${FOLDER_DEPTH_MAX} folders.`;
    return refuse(search, relative, {
      kind: 'too-deep',
      message,
      hint: 'Move its specs closer to mesh.yaml.',
    });
  }
  return visitFolder(search, relative, depth + 1);
}

function isSpecName(relative: string): boolean {
  return relative === 'mesh.yaml' || relative.endsWith('.product.yaml');
}

/** The problem of a file that is meant to be a spec but would not be read. */
export function misnamed(relative: string): FileProblem | undefined {
  if (relative !== 'mesh.yml' && !relative.endsWith('.product.yml')) return undefined;
  const message = `The file "${relative}" would not be read: its name ends in ".yml".`;
  return { kind: 'wrong-suffix', message, hint: `Rename it to "${relative.slice(0, -4)}.yaml".` };
}

function takeFile(search: Search, relative: string): void {
  const problem = misnamed(relative);
  if (problem) refuse(search, relative, problem);
  if (!isSpecName(relative)) return;
  if (search.paths.length < SPEC_FILES_MAX) search.paths.push(relative);
  else if (!search.problems.some((p) => p.problem?.kind === 'too-many')) {
    const message = `The folder holds more than ${SPEC_FILES_MAX} spec files.`;
    refuse(search, relative, { kind: 'too-many', message, hint: 'Split the mesh into several folders.' });
  }
}

function refuse(search: Search, relative: string, problem: FileProblem): void {
  search.problems.push({ path: relative, text: undefined, problem });
}

/** A link to a folder of the mesh is passed over: what it holds is found at its own place. */
async function followLink(search: Search, relative: string): Promise<'file' | 'ignored'> {
  const full = path.join(search.folder, relative);
  try {
    const real = await realpath(full);
    const inside = staysInside(path.relative(search.realFolder, real));
    const target = await stat(full);
    if (target.isDirectory()) {
      if (inside) return 'ignored';
      refuse(search, relative, linkOutside(relative));
      return 'ignored';
    }
    if (inside || !isSpecName(relative)) return 'file';
  } catch (thrown) {
    if (codeOf(thrown) === undefined) throw thrown;
    if (!isSpecName(relative)) return 'ignored';
  }
  refuse(search, relative, linkOutside(relative));
  return 'ignored';
}

function linkOutside(relative: string): FileProblem {
  return {
    kind: 'link-outside',
    message: `The link "${relative}" leaves the mesh folder or points to nothing.`,
    hint: 'Put the file itself into the mesh folder, or name its folder as a connection of type "folder".',
  };
}

/** Synchronous: for a thousand small files the thread pool costs more than the reading. */
function readSpec(folder: string, relative: string): FoundFile {
  const full = path.join(folder, relative);
  try {
    const { size } = statSync(full);
    if (size > SPEC_FILE_BYTES_MAX) {
      const message = `The file "${relative}" has ${size} bytes; at most ${SPEC_FILE_BYTES_MAX} are allowed.`;
      const hint = 'Split it: one product a file, long SQL in files of its own.';
      return { path: relative, text: undefined, problem: { kind: 'too-large', message, hint } };
    }
    return { path: relative, text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(full)) };
  } catch (thrown) {
    if (thrown instanceof TypeError) {
      const message = `The file "${relative}" is not UTF-8 text.`;
      const problem = { kind: 'not-utf8', message, hint: 'Save it in the encoding UTF-8.' } as const;
      return { path: relative, text: undefined, problem };
    }
    const message = `The file "${relative}" cannot be read (${codeOf(thrown) ?? 'unknown cause'}).`;
    const problem = {
      kind: 'unreadable',
      message,
      hint: 'Check that it is a file and may be read.',
    } as const;
    return { path: relative, text: undefined, problem };
  }
}
