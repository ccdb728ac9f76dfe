import { formatCount } from '../../base/duration.ts';
import { type Command, UsageError } from '../command.ts';
import { connect, productPath } from '../connect.ts';
import { DATA_OPTION, MESH_OPTION } from '../mesh-folder.ts';

export const releaseCommand: Command = {
  name: 'release',
  summary: 'publish what the checks of a product hold back, and say why',
  arguments: [{ name: '<product>', doc: 'domain.name, or domain.name@major' }],
  options: [
    MESH_OPTION,
    DATA_OPTION,
    { flags: '--reason <text>', doc: 'why it may be published; kept in system.checks' },
  ],
  examples: ['wharf release flights.airport-delays --reason "the storm was real"'],
  async run(context) {
    const { terminal, options } = context;
    const path = productPath(context.arguments[0]);
    const { reason } = options;
    if (typeof reason !== 'string' || reason.trim() === '')
      throw new UsageError('A release needs a reason.', 'Say why with: --reason "..."');
    const connection = await connect(context);
    try {
      const answer = await connection.call<{ product: string; position: number }>('POST', `${path}/release`, {
        reason,
      });
      if (terminal.json) terminal.printJson(answer);
      else terminal.print(`${answer.product} is published up to position ${formatCount(answer.position)}.`);
      return 0;
    } finally {
      await connection.close();
    }
  },
};
