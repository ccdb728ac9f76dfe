import { WharfError } from '../../base/errors.ts';
import type { Command } from '../command.ts';
import { connect, productPath } from '../connect.ts';
import { DATA_OPTION, MESH_OPTION } from '../mesh-folder.ts';
import { optionNumber } from '../option-number.ts';
import { readServerSentEvents } from '../server-sent-events.ts';

const LIMIT_MAX = 1_000_000_000;

export const tailCommand: Command = {
  name: 'tail',
  summary: 'follow the records of a product as they are journaled',
  arguments: [{ name: '<product>', doc: 'domain.name, or domain.name@major' }],
  options: [
    MESH_OPTION,
    DATA_OPTION,
    { flags: '--from <where>', doc: 'earliest, latest, a position or a time', default: 'latest' },
    { flags: '--limit <number>', doc: 'stop after so many records' },
  ],
  examples: [
    'wharf tail flights.departures',
    'wharf tail flights.departures --from earliest --limit 10 --json',
  ],
  async run(context) {
    const { terminal, options, signal } = context;
    const limit =
      options.limit === undefined
        ? Number.POSITIVE_INFINITY
        : optionNumber('--limit', options.limit, { min: 1, max: LIMIT_MAX });
    const connection = await connect(context);
    if (!connection.running)
      terminal.note('The mesh is not up, so nothing new will come: what is there is shown. Ctrl-C ends.');
    try {
      const path = `${productPath(context.arguments[0])}/stream?from=${encodeURIComponent(String(options.from))}`;
      let seen = 0;
      for await (const event of readServerSentEvents(connection, path, signal)) {
        if (event.event === 'cut-off')
          throw new WharfError('HISTORY_BEHIND', `The stream was cut off: ${event.data}`);
        terminal.print(terminal.json ? event.data : textOf(event.data));
        seen += 1;
        if (seen >= limit) break;
      }
      return 0;
    } finally {
      await connection.close();
    }
  },
};

/** Positions first, so that the eye finds them; the document as it came, untouched. */
function textOf(data: string): string {
  const { position, time, op } = JSON.parse(data) as { position: number; time: string; op: string };
  const document = /"document":(.*)\}$/s.exec(data)?.[1] ?? '';
  const key = /"key":(.*),"document":/s.exec(data)?.[1] ?? '';
  return `${String(position).padStart(8)}  ${time}  ${op === 'delete' ? `delete ${key}` : document}`;
}
