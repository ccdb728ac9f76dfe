import type { LeftBehind, RemovedLeaving } from '../../runtime/capture/leavings-of-inputs.ts';
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { type Connection, connect } from '../connect.ts';
import { DATA_OPTION, MESH_OPTION } from '../mesh-folder.ts';

export const cleanCommand: Command = {
  name: 'clean',
  summary: 'what inputs that are gone from the mesh left at their sources, such as replication slots',
  arguments: [],
  options: [MESH_OPTION, DATA_OPTION, { flags: '--remove', doc: 'remove it there' }],
  examples: ['wharf clean', 'wharf clean --remove'],
  async run(context) {
    const connection = await connect(context);
    try {
      return context.options.remove === true
        ? await remove(context, connection)
        : await list(context, connection);
    } finally {
      await connection.close();
    }
  },
};

async function list({ terminal }: CommandContext, connection: Connection): Promise<ExitCode> {
  const { left } = await connection.call<{ left: LeftBehind[] }>('GET', '/api/left-behind');
  if (terminal.json) terminal.printJson({ left });
  else if (left.length === 0) terminal.print('Nothing was left behind.');
  else {
    for (const { input, what } of left) terminal.print(`${terminal.style('bold', input)} left ${what}.`);
    terminal.print(terminal.style('dim', 'To remove it: wharf clean --remove'));
  }
  return 0;
}

async function remove({ terminal }: CommandContext, connection: Connection): Promise<ExitCode> {
  const { removed } = await connection.call<{ removed: RemovedLeaving[] }>('POST', '/api/left-behind/remove');
  if (terminal.json) terminal.printJson({ removed });
  else if (removed.length === 0) terminal.print('Nothing was left behind.');
  for (const { input, what, problem } of terminal.json ? [] : removed) {
    terminal.print(
      problem === undefined
        ? `${terminal.style('green', 'removed')} ${what}, of ${input}.`
        : `${terminal.style('red', 'failed')} ${what}, of ${input}: ${problem}`,
    );
  }
  return removed.every(({ problem }) => problem === undefined) ? 0 : 1;
}
