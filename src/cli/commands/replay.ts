import { formatCount } from '../../base/duration.ts';
import type { DeliveryStatus } from '../../runtime/deliver/delivery-task.ts';
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { type Connection, connect, productPath } from '../connect.ts';
import { DATA_OPTION, MESH_OPTION } from '../mesh-folder.ts';

export const replayCommand: Command = {
  name: 'replay',
  summary:
    'map all source records of a product again, after its SQL was corrected; or deliver everything again',
  arguments: [{ name: '<product>', doc: 'domain.name, or domain.name@major' }],
  options: [
    MESH_OPTION,
    DATA_OPTION,
    { flags: '--delivery <name>', doc: 'deliver everything again to this destination, and map nothing' },
  ],
  examples: ['wharf replay flights.departures', 'wharf replay flights.departures --delivery warehouse'],
  async run(context) {
    const { terminal } = context;
    const path = productPath(context.arguments[0]);
    const connection = await connect(context);
    try {
      const { delivery } = context.options;
      if (typeof delivery === 'string') return await replayDelivery(context, connection, path, delivery);
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

async function replayDelivery(
  { terminal }: CommandContext,
  connection: Connection,
  path: string,
  delivery: string,
): Promise<ExitCode> {
  const status = await connection.call<DeliveryStatus>(
    'POST',
    `${path}/deliveries/${encodeURIComponent(delivery)}/replay`,
  );
  if (terminal.json) terminal.printJson(status);
  else
    terminal.print(
      `Everything is delivered to ${delivery} again. wharf deliveries list shows how far it is.`,
    );
  return 0;
}
