import type { At } from '../../kit/reader.ts';
import type { SqlHost, SqlPositions, SqlPrincipal } from '../../kit/sql.ts';

export interface CollectedRows {
  readonly positions: SqlPositions;
  /** As JSON has them: what does not fit a JavaScript number must be asked for as text. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export interface CollectRequest {
  readonly sql: string;
  readonly principal: SqlPrincipal;
  readonly purpose?: string | undefined;
  readonly at: At;
  readonly signal: AbortSignal;
  /** What comes after these is not read. */
  readonly rowsMax: number;
}

/** Runs a statement as the given principal and waits for its rows. Throws what SqlService.run throws. */
export async function collectRows({ sql }: SqlHost, request: CollectRequest): Promise<CollectedRows> {
  const { principal, purpose, at, signal, rowsMax } = request;
  const answer = await sql.run({
    ...{ sql: request.sql, principal, purpose, signal, rowsMax },
    params: [],
    vector: sql.vector(at),
    format: { kind: 'json' },
  });
  try {
    const lines = Buffer.from(answer.page.bytes).toString('utf8').split('\n');
    const rows = lines
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as CollectedRows['rows'][0]);
    return { positions: answer.positions, rows };
  } finally {
    await answer.close();
  }
}
