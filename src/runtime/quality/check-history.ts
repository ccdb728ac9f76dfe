import { checksProduct } from '../../catalog/system/checks.ts';
import { sqlText } from '../../schema/sql-type.ts';
import type { Services } from '../capture/services.ts';

export const HISTORY_LIMIT_MAX = 1_000;

/** What a check of a product found, as it was written down: each change at once, the same now and then. */
export interface PastResult {
  readonly at: string;
  readonly status: string;
  readonly position: number;
  readonly measured: string | null;
  readonly failing: number | null;
  readonly message: string;
}

/** The newest first, at most `limit`. */
export async function checkHistory(
  { journal, store, engine }: Services,
  product: string,
  check: string,
  limit: number,
): Promise<PastResult[]> {
  const head = journal.head(checksProduct.id);
  const after = store.oldest(checksProduct.id);
  if (head <= after) return [];
  const relation = await store.records(checksProduct.id, checksProduct.datasets[0].name, after, head);
  try {
    const wanted = `product = ${sqlText(product)} and "check" = ${sqlText(check)}`;
    const { rows } = await engine.run(
      `select epoch_ms(checked_at), status, position, measured, failing, message from (${relation.sql}) where ${wanted} order by _position desc limit ${limit}`,
    );
    return rows.map(([at, status, position, measured, failing, message]) => ({
      at: new Date(Number(at)).toISOString(),
      status: String(status),
      position: Number(position),
      measured: measured === null || measured === undefined ? null : String(measured),
      failing: failing === null || failing === undefined ? null : Number(failing),
      message: String(message),
    }));
  } finally {
    relation.release();
  }
}
