import { formatCount, formatDuration } from '../../base/duration.ts';
import type { DeliveryStatus } from '../../runtime/deliver/delivery-task.ts';
import { type Command, type CommandContext, type ExitCode, UsageError } from '../command.ts';
import { type Connection, connect, productPath } from '../connect.ts';
import { DATA_OPTION, MESH_OPTION } from '../mesh-folder.ts';
import { formatTable } from '../terminal.ts';

const ACTIONS = ['list', 'pause', 'resume'];

interface Listed {
  readonly product: string;
  readonly position: number;
  readonly deliveries: readonly DeliveryStatus[];
}

export const deliveriesCommand: Command = {
  name: 'deliveries',
  summary: 'how far the deliveries of a product are; pauses and resumes one of them',
  arguments: [
    { name: '<action>', doc: 'list, pause or resume' },
    { name: '<product>', doc: 'domain.name, or domain.name@major' },
    { name: '[delivery]', doc: 'the name of the delivery, to pause or resume' },
  ],
  options: [MESH_OPTION, DATA_OPTION],
  examples: [
    'wharf deliveries list flights.departures',
    'wharf deliveries pause flights.departures warehouse',
    'wharf deliveries resume flights.departures warehouse',
  ],
  async run(context) {
    const [action = '', product, delivery] = context.arguments;
    if (!ACTIONS.includes(action))
      throw new UsageError(
        `"${action}" is nothing that can be done with deliveries.`,
        `One of: ${ACTIONS.join(', ')}.`,
      );
    const path = `${productPath(product)}/deliveries`;
    const connection = await connect(context);
    try {
      return action === 'list'
        ? await list(context, connection, path)
        : await change(context, connection, `${path}/${nameOf(delivery)}/${action}`);
    } finally {
      await connection.close();
    }
  },
};

async function list({ terminal }: CommandContext, connection: Connection, path: string): Promise<ExitCode> {
  const listed = await connection.call<Listed>('GET', path);
  if (terminal.json) terminal.printJson(listed);
  else if (listed.deliveries.length === 0) terminal.print(`${listed.product} is delivered nowhere.`);
  else {
    const head = ['delivery', 'to', 'state', 'position', 'behind', 'since', 'left'];
    for (const line of formatTable(head, listed.deliveries.map(rowOf))) terminal.print(line);
    for (const { delivery, paused, lastError } of listed.deliveries) {
      const why = lastError ?? (paused === null ? undefined : { message: paused, hint: undefined });
      if (!why) continue;
      terminal.print(terminal.style('red', `\n${delivery}: ${why.message}`));
      if (why.hint) terminal.print(terminal.style('dim', `  ${why.hint}`));
    }
  }
  return listed.deliveries.some(({ lastError }) => lastError !== null) ? 1 : 0;
}

function rowOf(status: DeliveryStatus): (string | number)[] {
  const { delivery, to, state, position, lagRecords, lagSeconds, secondsLeft } = status;
  const left = lagRecords === 0 || secondsLeft === null ? '-' : formatDuration(secondsLeft * 1_000);
  const since = lagRecords === 0 ? '-' : formatDuration(lagSeconds * 1_000);
  return [delivery, to, state, position ?? '-', formatCount(lagRecords), since, left];
}

async function change({ terminal }: CommandContext, connection: Connection, path: string): Promise<ExitCode> {
  const status = await connection.call<DeliveryStatus>('POST', path);
  if (terminal.json) terminal.printJson(status);
  else
    terminal.print(
      `${status.delivery} is ${status.state}, at position ${formatCount(status.position ?? 0)}.`,
    );
  return 0;
}

function nameOf(delivery: string | undefined): string {
  if (delivery !== undefined && /^[a-z0-9_-]+$/i.test(delivery)) return delivery;
  throw new UsageError(
    `"${delivery ?? ''}" is no delivery.`,
    'Name one: wharf deliveries list <product> shows them.',
  );
}
