/** The files of a mesh folder as the rules may see them: on disk, or in memory for examples. */
import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from '../../base/errors.ts';

export type FileStanding = 'inside' | 'outside' | 'missing';

export interface MeshFiles {
  /** The mesh folder, absolute. */
  readonly folder: string;
  /** Whether a path (relative to the folder) exists, and after following links still lies in it. */
  standing(relative: string): FileStanding;
  /** The text of a file in the folder; undefined when it cannot be read, is not UTF-8, or is too large. */
  text(relative: string): string | undefined;
}

/** A transform is written by people; more than this is a mistake. */
export const SQL_FILE_BYTES_MAX = 1_000_000;

/** True when a relative path stays below its folder as far as its text goes. */
export function staysInside(relative: string): boolean {
  if (path.posix.isAbsolute(relative) || path.win32.isAbsolute(relative)) return false;
  const normal = path.posix.normalize(relative.replaceAll('\\', '/'));
  return normal !== '..' && !normal.startsWith('../');
}

/** A path relative to the mesh folder, for one that is meant relative to a file of the mesh; absolute ones stay so. */
export function besideFile(file: string, relative: string): string {
  if (path.posix.isAbsolute(relative) || path.win32.isAbsolute(relative)) return relative;
  return path.posix.normalize(path.posix.join(path.posix.dirname(file), relative.replaceAll('\\', '/')));
}

export class DiskFiles implements MeshFiles {
  readonly folder: string;
  readonly #realFolder: string;
  /** By path: thousands of products may name the same few folders. */
  readonly #standings = new Map<string, FileStanding>();

  constructor(folder: string) {
    this.folder = path.resolve(folder);
    this.#realFolder = realpathSync(this.folder);
  }

  standing(relative: string): FileStanding {
    const known = this.#standings.get(relative);
    if (known) return known;
    const standing = this.#look(relative);
    this.#standings.set(relative, standing);
    return standing;
  }

  #look(relative: string): FileStanding {
    if (!staysInside(relative)) return 'outside';
    try {
      const real = realpathSync(path.join(this.folder, relative));
      const below = path.relative(this.#realFolder, real);
      return below === '' || staysInside(below) ? 'inside' : 'outside';
    } catch (thrown) {
      if (codeOf(thrown) === 'ELOOP') return 'outside';
      return 'missing';
    }
  }

  text(relative: string): string | undefined {
    if (this.standing(relative) !== 'inside') return undefined;
    try {
      const bytes = readFileSync(path.join(this.folder, relative));
      if (bytes.length > SQL_FILE_BYTES_MAX) return undefined;
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch (thrown) {
      if (thrown instanceof TypeError || codeOf(thrown) !== undefined) return undefined;
      throw thrown;
    }
  }
}

/** Texts by path, for examples and tests that need no disk. */
export class MemoryFiles implements MeshFiles {
  readonly folder = '/mesh';
  readonly #texts: ReadonlyMap<string, string>;

  constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = texts;
  }

  standing(relative: string): FileStanding {
    if (!staysInside(relative)) return 'outside';
    const normal = path.posix.normalize(relative);
    const isFolder = [...this.#texts.keys()].some((file) => file.startsWith(`${normal}/`));
    return this.#texts.has(normal) || normal === '.' || isFolder ? 'inside' : 'missing';
  }

  text(relative: string): string | undefined {
    return staysInside(relative) ? this.#texts.get(path.posix.normalize(relative)) : undefined;
  }
}
