/** What operators said of a delivery, durably: cursors of the journal. */
import type { Journal } from '../../journal/journal.ts';
import type { DeliveryNotes } from '../../kit/delivery.ts';

const CONTROL = 'deliver/';
const NOTES = 'deliver-notes/';
const ORIGIN = 'journal-origin';

interface Control {
  /** Why it stands still; undefined while it works. */
  readonly paused?: string | undefined;
  /** Everything is to be delivered again. */
  readonly reload?: boolean | undefined;
}

export class DeliveryControl {
  readonly #journal: Journal;
  readonly #id: string;
  #control: Control;

  /** `id` is `flights.departures@1/warehouse`. */
  constructor(journal: Journal, id: string) {
    this.#journal = journal;
    this.#id = id;
    this.#control = (journal.cursor(CONTROL + id) as Control | undefined) ?? {};
  }

  get paused(): string | undefined {
    return this.#control.paused;
  }

  get reload(): boolean {
    return this.#control.reload === true;
  }

  async set(change: Control): Promise<void> {
    this.#control = { ...this.#control, ...change };
    await this.#journal.commit({ cursors: [{ task: CONTROL + this.#id, value: this.#control }] });
  }

  notes(): DeliveryNotes {
    const task = NOTES + this.#id;
    return {
      read: () => this.#journal.cursor(task),
      write: async (value) => {
        await this.#journal.commit({ cursors: [{ task, value }] });
      },
    };
  }
}

/** The name of this journal: positions of another one mean something else. Made at the first start. */
export async function journalOrigin(journal: Journal, newName: () => string): Promise<string> {
  const known = journal.cursor(ORIGIN);
  if (typeof known === 'string') return known;
  const origin = newName();
  await journal.commit({ cursors: [{ task: ORIGIN, value: origin }] });
  return origin;
}
