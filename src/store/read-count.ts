/** How often reads had to put a dataset together from its base, if there is one, and what is newer. Such a read goes through the keys of all of it. */
export class ReadCount {
  readonly #counts = new Map<string, number>();

  of(dataset: string): number {
    return this.#counts.get(dataset) ?? 0;
  }

  /** Returns how many there are now. */
  add(dataset: string): number {
    const count = this.of(dataset) + 1;
    this.#counts.set(dataset, count);
    return count;
  }

  forget(dataset: string): void {
    this.#counts.delete(dataset);
  }
}
