import { formatCount } from '../../base/duration.ts';
import type { Command } from '../command.ts';
import { connect, productPath } from '../connect.ts';
import { DATA_OPTION, MESH_OPTION } from '../mesh-folder.ts';

export const replayCommand: Command = {
  name: 'replay',
  summary: 'map all source records of a product again, after its SQL was corrected',
  arguments: [{ name: '<product>', doc: 'domain.name, or domain.name@major' }],
  options: [MESH_OPTION, DATA_OPTION],
  examples: ['wharf replay flights.departures'],
  async run(context) {
    const { terminal } = context;
    const path = productPath(context.arguments[0]);
    const connection = await connect(context);
    try {
      const answer = await connection.call<{ product: string; position: number; changed: number }>(
        'POST',
        `${path}/replay`,
      );
      if (terminal.json) terminal.printJson(answer);
      else if (answer.changed === 0)
        terminal.print(`${answer.product}: every record came out as before; nothing was journaled.`);
      else
        terminal.print(
          `${answer.product}: ${formatCount(answer.changed)} records differ and were journaled, up to position ${formatCount(answer.position)}.`,
        );
      return 0;
    } finally {
      await connection.close();
    }
  },
};
