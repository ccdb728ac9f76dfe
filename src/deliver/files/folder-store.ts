/** A folder as a store. A file comes under its name once it is on disk as a whole. */
import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { crashPoint } from '../../base/crash-points.ts';
import { codeOf } from '../../base/errors.ts';
import { syncFile, syncFolder, writeFileAtomically } from '../../base/files.ts';
import { randomName } from '../../base/random.ts';
import { folderError } from '../folder-error.ts';
import type { ObjectStore } from './object-store.ts';

export class FolderStore implements ObjectStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  read(name: string): Promise<string | undefined> {
    return this.#told(() => unlessAbsent(() => readFile(this.#path(name), 'utf8')));
  }

  putFile(name: string, file: string): Promise<void> {
    crashPoint('deliver.files-before-write');
    return this.#told(() => this.#copyFile(name, file));
  }

  putText(name: string, text: string): Promise<void> {
    crashPoint('deliver.files-before-write');
    return this.#told(() => writeFileAtomically(this.#path(name), text));
  }

  /** Between looking and replacing is a moment, which the folder itself gives no way to close. */
  async swapText(name: string, text: string, expected: string | undefined): Promise<boolean> {
    if ((await this.read(name)) !== expected) return false;
    await this.putText(name, text);
    return true;
  }

  putNew(name: string, text: string): Promise<boolean> {
    crashPoint('deliver.files-before-write');
    return this.#told(() => this.#linkNew(name, text));
  }

  list(prefix: string): Promise<readonly string[]> {
    return this.#told(() => this.#namesBelow(prefix));
  }

  remove(names: readonly string[]): Promise<void> {
    crashPoint('deliver.files-before-remove');
    return this.#told(() => this.#removeAll(names));
  }

  close(): void {
    // A folder is not kept open.
  }

  async #told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      throw folderError(thrown, this.#folder);
    }
  }

  async #copyFile(name: string, file: string): Promise<void> {
    const target = this.#path(name);
    await mkdir(path.dirname(target), { recursive: true });
    const temporary = `${target}.${randomName()}.tmp`;
    try {
      await copyFile(file, temporary, constants.COPYFILE_FICLONE);
      await syncFile(temporary);
      await rename(temporary, target);
    } catch (thrown) {
      // On a full disk a part of a copy is in the way of everything else.
      await rm(temporary, { force: true });
      throw thrown;
    }
    syncFolder(path.dirname(target));
  }

  async #linkNew(name: string, text: string): Promise<boolean> {
    const target = this.#path(name);
    await mkdir(path.dirname(target), { recursive: true });
    const temporary = `${target}.${randomName()}.tmp`;
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    try {
      // A link is made only where nothing has the name.
      await link(temporary, target);
      syncFolder(path.dirname(target));
      return true;
    } catch (thrown) {
      if (codeOf(thrown) === 'EEXIST') return false;
      throw thrown;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async #namesBelow(prefix: string): Promise<readonly string[]> {
    const folder = this.#path(prefix);
    const entries = await unlessAbsent(() => readdir(folder, { recursive: true, withFileTypes: true }));
    return (entries ?? [])
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(this.#folder, path.join(entry.parentPath, entry.name)))
      .map((name) => name.replaceAll(path.sep, '/'))
      .sort();
  }

  async #removeAll(names: readonly string[]): Promise<void> {
    for (const name of names) await rm(this.#path(name), { force: true });
    for (const name of names) await this.#removeEmptyFolders(path.dirname(this.#path(name)));
  }

  async #removeEmptyFolders(folder: string): Promise<void> {
    for (let at = folder; at.startsWith(`${this.#folder}${path.sep}`); at = path.dirname(at)) {
      try {
        await rmdir(at);
      } catch (thrown) {
        if (codeOf(thrown) === 'ENOENT') continue;
        if (codeOf(thrown) === 'ENOTEMPTY' || codeOf(thrown) === 'EEXIST') return;
        throw thrown;
      }
    }
  }

  #path(name: string): string {
    return path.join(this.#folder, ...name.split('/'));
  }
}

async function unlessAbsent<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}
