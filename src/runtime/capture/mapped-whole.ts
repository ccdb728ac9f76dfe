import type { ExternalInput, Product } from '../../spec/model.ts';
import { appendsOf, commitRecords } from './commit-records.ts';
import { destinationOf } from './destination.ts';
import type { Services } from './services.ts';
import { readWholeMarker, wholeTask } from './whole-marker.ts';
import type { WholePart, WholeSource } from './whole-source.ts';

const WAIT_FOR_MAP_MS = 20;

/**
 * Where a transform maps the records: they are journaled between the two ends of a marker, and the map takes the difference. What was broken
 * off leaves its marker; the next whole begins another, and the map skips what stands before it.
 */
export class MappedWhole implements WholeSource {
  readonly #services: Services;
  readonly #product: Product;
  readonly #input: ExternalInput;
  readonly #stop: AbortSignal;

  constructor(
    services: Services,
    source: { readonly product: Product; readonly input: ExternalInput },
    stop: AbortSignal,
  ) {
    this.#services = services;
    this.#product = source.product;
    this.#input = source.input;
    this.#stop = stop;
  }

  async settle({ whole, verdict, rejects, cursor }: WholePart): Promise<void> {
    const { journal } = this.#services;
    const destination = destinationOf(this.#product, this.#input);
    const head = journal.head(destination.stream);
    if (whole.first) await this.#untilMapped();
    const open = whole.first ? { from: head + 1, deletes: whole.deletes } : this.#marker();
    if (!open) throw new Error('Invariant broken: a whole source goes on that never began');
    const marker = whole.last ? { ...open, to: head + verdict.count } : open;
    const task = wholeTask(this.#product, this.#input);
    const cursors = [{ task, value: marker }, ...(whole.last ? [cursor] : [])];
    await commitRecords(journal, { appends: appendsOf(destination, verdict), rejects, cursors });
    if (whole.last) await this.#untilMapped();
  }

  #marker() {
    return readWholeMarker(this.#services.journal, this.#product, this.#input);
  }

  /** Until the map has journaled the difference that the last closed marker stands for. */
  async #untilMapped(): Promise<void> {
    while (this.#marker()?.to !== undefined) await this.#services.clock.sleep(WAIT_FOR_MAP_MS, this.#stop);
  }
}
