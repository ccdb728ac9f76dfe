import type { Agreement } from '../../runtime/access/agreement-service.ts';
import { type Command, type CommandContext, UsageError } from '../command.ts';
import { type Connection, connect, productPath } from '../connect.ts';
import { listOption } from '../list-option.ts';
import { DATA_OPTION, MESH_OPTION } from '../mesh-folder.ts';

const ACTIONS = ['approve', 'refuse', 'end'] as const;
type Action = (typeof ACTIONS)[number];

export const agreementsCommand: Command = {
  name: 'agreements',
  summary: 'list requests and agreements, and answer them',
  arguments: [{ name: '[product]', doc: 'domain.name, or domain.name@major; all when left out' }],
  options: [
    MESH_OPTION,
    DATA_OPTION,
    { flags: '--approve <id>', doc: 'grant a request, in full or as --ports, --fields and --until say' },
    { flags: '--refuse <id>', doc: 'refuse a request' },
    { flags: '--end <id>', doc: 'end an agreement before its last day' },
    { flags: '--reason <text>', doc: 'why; both sides read it' },
    { flags: '--ports <names>', doc: 'grant only these of the ports that were asked for' },
    { flags: '--fields <names>', doc: 'grant only these of the fields that were asked for' },
    { flags: '--until <date>', doc: 'grant it until an earlier day' },
  ],
  examples: [
    'wharf agreements',
    'wharf agreements flights.departures --approve 4f2a81c09b7d3e65 --ports sql',
    'wharf agreements flights.departures --refuse 4f2a81c09b7d3e65 --reason "use the scorecard instead"',
  ],
  async run(context) {
    const [name] = context.arguments;
    const path = name === undefined ? undefined : productPath(name);
    const actions = ACTIONS.filter((action) => context.options[action] !== undefined);
    const [action, ...others] = actions;
    if (others.length > 0)
      throw new UsageError(`${actions.map((one) => `--${one}`).join(' and ')} exclude each other.`);
    if (action && path === undefined)
      throw new UsageError(
        `Of which product? --${action} needs its name.`,
        'Write: wharf agreements <product> ...',
      );
    if (action && action !== 'approve' && typeof context.options.reason !== 'string')
      throw new UsageError(`--${action} needs a reason.`, 'Say why with: --reason "..."');
    const connection = await connect(context);
    try {
      if (action && path !== undefined) return await answer(context, connection, path, action);
      return await list(context, connection, path);
    } finally {
      await connection.close();
    }
  },
};

async function answer(
  { options, terminal }: CommandContext,
  connection: Connection,
  path: string,
  action: Action,
): Promise<0> {
  const { reason, until } = options;
  const ports = listOption(options.ports);
  const fields = listOption(options.fields);
  const part = action === 'approve' ? { ports, fields, until } : {};
  const id = encodeURIComponent(String(options[action]));
  const found = await connection.call<Agreement>('POST', `${path}/agreements/${id}/${action}`, {
    reason,
    ...part,
  });
  if (terminal.json) terminal.printJson(found);
  else terminal.print(lineOf(found));
  return 0;
}

async function list(
  { terminal }: CommandContext,
  connection: Connection,
  path: string | undefined,
): Promise<0> {
  const from = path === undefined ? '/api/agreements' : `${path}/agreements`;
  const { agreements } = await connection.call<{ agreements: Agreement[] }>('GET', from);
  if (terminal.json) terminal.printJson({ agreements });
  else if (agreements.length === 0) terminal.print('Nobody has asked for anything.');
  else for (const agreement of agreements) terminal.print(lineOf(agreement));
  return 0;
}

function lineOf({ id, status, product, consumer, until, ports, fields, purpose, reason }: Agreement): string {
  const part = [ports.join(', ') || 'all ports', fields.join(', ') || 'all fields'].join('; ');
  const why = reason === null ? '' : ` (${reason})`;
  return `${status.padEnd(9)} ${id}  ${product}  ${consumer}  until ${until}  ${part}: ${purpose}${why}`;
}
