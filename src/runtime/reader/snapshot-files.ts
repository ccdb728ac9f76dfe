/**
 * Snapshots as files, kept for a while so that a second download, a range or a resumed one costs nothing. A snapshot never
 * changes, so its name is its identity.
 */
import { createHash } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FileRequest, SnapshotFile } from '../../kit/reader.ts';
import { type Lens, lensId } from '../../schema/lens.ts';
import type { Store } from '../../store/store.ts';

/** Bytes of unused files that are kept. */
const KEPT_BYTES_MAX = 2_000_000_000;
const KEPT_FILES_MAX = 200;

interface Entry {
  readonly path: string;
  readonly ready: Promise<number>;
  bytes: number;
  users: number;
  usedAt: number;
}

export type PositionedFileRequest = FileRequest & {
  readonly stream: string;
  readonly position: number;
  /** What is seen; a file that was written for others is not given to who sees less. */
  readonly lens?: Lens | undefined;
};

export class SnapshotFiles {
  readonly #store: Store;
  readonly #folder: string;
  readonly #entries = new Map<string, Entry>();
  #uses = 0;

  /** The folder is emptied at start by its owner. */
  constructor(store: Store, folder: string) {
    this.#store = store;
    this.#folder = folder;
  }

  async open(request: PositionedFileRequest): Promise<SnapshotFile> {
    const { stream, dataset, position, format, defuseFormulas, lens } = request;
    const name = JSON.stringify([stream, dataset, position, format, defuseFormulas, lensId(lens)]);
    const entry = this.#entries.get(name) ?? this.#create(name, request);
    entry.users += 1;
    entry.usedAt = ++this.#uses;
    try {
      const bytes = await entry.ready;
      return { path: entry.path, bytes, release: this.#releaseOnce(entry) };
    } catch (error) {
      entry.users -= 1;
      throw error;
    }
  }

  #create(name: string, request: PositionedFileRequest): Entry {
    const file = path.join(
      this.#folder,
      `${createHash('sha256').update(name).digest('hex').slice(0, 24)}.${request.format}`,
    );
    const ready = this.#write(request, file);
    const entry: Entry = { path: file, ready, bytes: 0, users: 0, usedAt: 0 };
    this.#entries.set(name, entry);
    ready.then(
      (bytes) => {
        entry.bytes = bytes;
      },
      () => this.#entries.delete(name),
    );
    return entry;
  }

  /** Written for everybody who waits for it, so one caller's abort does not end it. */
  async #write(request: PositionedFileRequest, file: string): Promise<number> {
    const { stream, dataset, position, format, defuseFormulas, lens } = request;
    try {
      await this.#store.writeFile({ stream, dataset, position, format, defuseFormulas, lens, file });
      return (await stat(file)).size;
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
  }

  #releaseOnce(entry: Entry): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      entry.users -= 1;
      void this.#dropOldest();
    };
  }

  async #dropOldest(): Promise<void> {
    const unused = [...this.#entries]
      .filter(([, e]) => e.users === 0)
      .sort(([, a], [, b]) => b.usedAt - a.usedAt);
    let bytes = 0;
    let files = 0;
    for (const [name, entry] of unused) {
      bytes += entry.bytes;
      files += 1;
      if (bytes <= KEPT_BYTES_MAX && files <= KEPT_FILES_MAX) continue;
      this.#entries.delete(name);
      await rm(entry.path, { force: true });
    }
  }
}
