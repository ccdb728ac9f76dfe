import { type Command, UsageError } from '../command.ts';
import { connect } from '../connect.ts';
import { DATA_OPTION, MESH_OPTION } from '../mesh-folder.ts';

interface Told {
  readonly alert: string;
  readonly ok: boolean;
  readonly message: string;
}

export const alertsCommand: Command = {
  name: 'alerts',
  summary: 'send a test message to whom the mesh tells of trouble',
  arguments: [{ name: '<test>', doc: 'the word "test"' }],
  options: [MESH_OPTION, DATA_OPTION],
  examples: ['wharf alerts test'],
  async run(context) {
    const { terminal } = context;
    const [action] = context.arguments;
    if (action !== 'test')
      throw new UsageError(
        `"${action ?? ''}" is nothing that can be done with alerts.`,
        'Write: wharf alerts test',
      );
    const connection = await connect(context);
    try {
      const { alerts } = await connection.call<{ alerts: Told[] }>('POST', '/api/alerts/test');
      if (terminal.json) terminal.printJson({ alerts });
      else if (alerts.length === 0)
        terminal.print('The mesh tells nobody: it has no "alerts", or it is not up.');
      else
        for (const { alert, ok, message } of alerts)
          terminal.print(
            `${terminal.style(ok ? 'green' : 'red', ok ? 'ok' : 'failed')} ${alert}: ${message}`,
          );
      return alerts.every(({ ok }) => ok) ? 0 : 1;
    } finally {
      await connection.close();
    }
  },
};
