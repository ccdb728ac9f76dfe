/** Since when a delivery is behind: when the first position that it does not hold was seen to be published. */

/** More marks are joined with the last one, which makes the lag look longer, never shorter. */
const MARKS_MAX = 1_000;

interface Mark {
  position: number;
  readonly atMs: number;
}

export class LagMeter {
  #marks: Mark[] = [];

  published(position: number, nowMs: number): void {
    const last = this.#marks.at(-1);
    if (last && last.position >= position) return;
    if (last && this.#marks.length >= MARKS_MAX) last.position = position;
    else this.#marks.push({ position, atMs: nowMs });
  }

  delivered(position: number): void {
    const first = this.#marks.findIndex((mark) => mark.position > position);
    this.#marks = first < 0 ? [] : this.#marks.slice(first);
  }

  lagMs(nowMs: number): number {
    const first = this.#marks[0];
    return first ? Math.max(0, nowMs - first.atMs) : 0;
  }
}
