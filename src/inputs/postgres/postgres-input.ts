/** The input `postgres`: a table as it is, and then every change of it, from the server's log. See `read-source.ts`. */
import { type CaptureBatch, type CaptureContext, definePullInput } from '../../kit/input.ts';
import { discoverTables } from './discover-tables.ts';
import { leftAtServer } from './left-at-server.ts';
import { postgresOptionFields } from './postgres-options.ts';
import { readSource } from './read-source.ts';
import { SourceSession, UNMAPPED } from './source-session.ts';

export const postgresInput = definePullInput({
  name: 'postgres',
  doc: 'A table of a PostgreSQL database: its rows, and then every change, from the log of the server.',
  options: postgresOptionFields,
  discover: { schemes: ['postgres:', 'postgresql:'], look: discoverTables },
  unmapped: UNMAPPED,
  leavings: leftAtServer,
  capture,
});

async function* capture(context: CaptureContext): AsyncGenerator<CaptureBatch> {
  try {
    const session = await SourceSession.open(context);
    const close = () => session.close();
    context.signal.addEventListener('abort', close, { once: true });
    try {
      yield* readSource(session);
    } finally {
      context.signal.removeEventListener('abort', close);
      session.close();
    }
  } catch (thrown) {
    if (!context.signal.aborted) throw thrown;
  }
}
