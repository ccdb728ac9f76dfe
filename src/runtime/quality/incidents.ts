import { checksProduct } from '../../catalog/system/checks.ts';
import type { Services } from '../capture/services.ts';

/** Results that are looked through, newest first. */
const RESULTS_MAX = 20_000;
const INCIDENTS_MAX = 200;

/** A time during which a check did not pass. */
export interface Incident {
  readonly product: string;
  readonly check: string;
  readonly from: string;
  /** Null while it goes on. */
  readonly to: string | null;
  readonly message: string;
}

/** What checks found, as times from the first result that did not pass to the next that did; the newest first. */
export async function incidents({ journal, store, engine }: Services): Promise<Incident[]> {
  const { id, datasets } = checksProduct;
  const head = journal.head(id);
  const after = store.oldest(id);
  if (head <= after) return [];
  const relation = await store.records(id, datasets[0].name, after, head);
  try {
    const { rows } = await engine.run(
      `select product, "check", epoch_ms(checked_at), status, message from (${relation.sql}) order by _position desc limit ${RESULTS_MAX}`,
    );
    return join(rows.toReversed()).toReversed().slice(0, INCIDENTS_MAX);
  } finally {
    relation.release();
  }
}

/** `rows`: product, check, milliseconds, status, message; the oldest first. */
function join(rows: readonly (readonly unknown[])[]): Incident[] {
  const found: Incident[] = [];
  const open = new Map<string, number>();
  for (const [product, check, ms, status, message] of rows) {
    const passed = status === 'passed';
    const key = `${product} ${check}`;
    const at = new Date(Number(ms)).toISOString();
    const began = open.get(key);
    if (passed && began !== undefined) {
      const incident = found[began];
      if (incident) found[began] = { ...incident, to: at };
      open.delete(key);
    } else if (status === 'released') {
      // Somebody let a position through: that happened once, and is over.
      found.push({
        product: String(product),
        check: String(check),
        from: at,
        to: at,
        message: String(message),
      });
    } else if (!passed && began === undefined) {
      open.set(key, found.length);
      found.push({
        product: String(product),
        check: String(check),
        from: at,
        to: null,
        message: String(message),
      });
    }
  }
  return found;
}
