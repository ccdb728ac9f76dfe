import { JsonCompactor } from '../../protocols/json-compactor.ts';
import type { TextSource } from './text-source.ts';

/** The records of a JSON document as NDJSON, cut out of another text. */
export class JsonText implements TextSource {
  readonly seekable = false;
  readonly #document: TextSource;
  readonly #file: string;
  readonly #path: readonly string[];

  constructor(document: TextSource, file: string, path: readonly string[]) {
    this.#document = document;
    this.#file = file;
    this.#path = path;
  }

  get doneBytes(): number {
    return this.#document.doneBytes;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    const compactor = new JsonCompactor({ file: this.#file, path: this.#path });
    for await (const chunk of this.#document.chunks(0)) {
      const lines = compactor.push(chunk);
      if (lines.length > 0) yield lines;
    }
    const last = compactor.end();
    if (last.length > 0) yield last;
  }

  close(): Promise<void> {
    return this.#document.close();
  }
}
