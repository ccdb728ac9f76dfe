/**
 * Blocks of a product's journal as the records that clients are given. Clients that are at the same place share them, so that many slow ones cost
 * little more memory than one, and many quick ones little more work. They live as long as somebody uses them.
 */
import type { Block } from '../../journal/journal.ts';
import type { ProductDescription, StreamRecord } from '../../kit/reader.ts';
import { keyFieldsOf } from '../../schema/field.ts';
import { createRenderer, type Renderer } from '../../schema/renderer.ts';

const BATCH_RECORDS_MAX = 1_000;
/** Blocks that are looked for among those in use. */
const BLOCKS_MAX = 64;

interface Shown {
  readonly renderer: Renderer;
  /** Without one, the key of every record is `null`. */
  readonly hasKey: boolean;
}

export class ShownBlocks {
  static readonly #ofProducts = new WeakMap<ProductDescription, ShownBlocks>();
  readonly #datasets: ReadonlyMap<string, Shown>;
  /** By first position, the one that was made last at the end. */
  readonly #blocks = new Map<number, WeakRef<ShownBlock>>();

  /** Those that all who read a product share. */
  static of(product: ProductDescription): ShownBlocks {
    const known = ShownBlocks.#ofProducts.get(product);
    if (known) return known;
    const made = new ShownBlocks(product);
    ShownBlocks.#ofProducts.set(product, made);
    return made;
  }

  private constructor(product: ProductDescription) {
    this.#datasets = new Map(
      product.datasets.map((dataset) => [
        dataset.name,
        { renderer: createRenderer(dataset), hasKey: keyFieldsOf(dataset).length > 0 },
      ]),
    );
  }

  /** The block's records at positions from `from` on, in batches. A dataset that the product does not have is not shown. */
  *batches(block: Block, from: number): Generator<readonly StreamRecord[]> {
    const shown = this.#shown(block);
    if (!shown) return;
    const start = Math.max(0, from - block.first);
    for (let i = Math.floor(start / BATCH_RECORDS_MAX); ; i++) {
      const batch = shown.batch(i);
      if (batch.length === 0) return;
      const before = start - i * BATCH_RECORDS_MAX;
      yield before > 0 ? batch.slice(before) : batch;
    }
  }

  /** What is in use of a block that begins at the position and ends by `head`, so that it need not be read again; undefined when nobody uses it. */
  inUse(
    first: number,
    head: number,
  ): { readonly last: number; batches(): Iterable<readonly StreamRecord[]> } | undefined {
    const known = this.#blocks.get(first)?.deref();
    return known && known.last <= head ? known : undefined;
  }

  #shown(block: Block): ShownBlock | undefined {
    const dataset = this.#datasets.get(block.dataset);
    if (!dataset) return undefined;
    const known = this.#blocks.get(block.first)?.deref();
    if (known?.last === block.last) return known;
    const made = new ShownBlock(block, dataset);
    this.#blocks.delete(block.first);
    this.#blocks.set(block.first, new WeakRef(made));
    const [oldest] = this.#blocks.keys();
    if (this.#blocks.size > BLOCKS_MAX && oldest !== undefined) this.#blocks.delete(oldest);
    return made;
  }
}

class ShownBlock {
  readonly last: number;
  readonly #block: Block;
  readonly #dataset: Shown;
  readonly #lines: readonly string[];
  readonly #deletes: ReadonlySet<number>;
  readonly #batches = new Map<number, readonly StreamRecord[]>();

  constructor(block: Block, dataset: Shown) {
    this.last = block.last;
    this.#block = block;
    this.#dataset = dataset;
    const { buffer, byteOffset, byteLength } = block.body;
    this.#lines = Buffer.from(buffer, byteOffset, byteLength).toString('utf8').split('\n');
    this.#deletes = new Set(block.deletes);
  }

  *batches(): Generator<readonly StreamRecord[]> {
    for (let i = 0; ; i++) {
      const batch = this.batch(i);
      if (batch.length === 0) return;
      yield batch;
    }
  }

  /** Empty behind the last one. */
  batch(index: number): readonly StreamRecord[] {
    const known = this.#batches.get(index);
    if (known) return known;
    const { first, last } = this.#block;
    const from = index * BATCH_RECORDS_MAX;
    const length = Math.max(0, Math.min(BATCH_RECORDS_MAX, last - first + 1 - from));
    const batch = Array.from({ length }, (_, i) => this.#record(from + i));
    this.#batches.set(index, batch);
    return batch;
  }

  #record(i: number): StreamRecord {
    const { first, timeUs, dataset } = this.#block;
    const { renderer, hasKey } = this.#dataset;
    const text = this.#lines[i] ?? '';
    const isDelete = this.#deletes.has(i);
    const { key, document } = isDelete
      ? { key: hasKey ? renderer.key(text) : 'null', document: 'null' }
      : renderer.record(text);
    return { position: first + i, timeUs, op: isDelete ? 'delete' : 'upsert', dataset, key, document };
  }
}
