import { formatBytes } from '../../base/duration.ts';
import type { ProductStatus } from '../../runtime/product-status.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { DATA_OPTION, FOLDER_ARGUMENT } from '../mesh-folder.ts';
import { progressLines } from '../progress-text.ts';
import { formatTable } from '../terminal.ts';

interface Status {
  readonly mesh: string;
  readonly pid: number;
  readonly memory: { readonly main: number; readonly engines: number };
  readonly products: readonly ProductStatus[];
}

export const statusCommand: Command = {
  name: 'status',
  summary: 'how every product is doing, those in trouble first',
  arguments: [FOLDER_ARGUMENT],
  options: [DATA_OPTION],
  async run(context) {
    const [mesh] = context.arguments;
    const connection = await connect({ ...context, options: { ...context.options, mesh } });
    try {
      const status = await connection.call<Status>('GET', '/api/status');
      const failing = status.products.some((product) => product.health === 'failing');
      if (context.terminal.json) context.terminal.printJson({ running: connection.running, ...status });
      else print(context.terminal, status, connection.running, connection.url);
      return failing ? 1 : 0;
    } finally {
      await connection.close();
    }
  },
};

function print(
  terminal: Parameters<Command['run']>[0]['terminal'],
  status: Status,
  running: boolean,
  url: string,
): void {
  const where = running
    ? `up at ${url} (process ${status.pid}, ${formatBytes(status.memory.main + status.memory.engines)})`
    : 'not up; this is what is on disk';
  terminal.print(`${terminal.style('bold', status.mesh)} is ${where}\n`);
  const rows = status.products.map((p) => [
    p.product,
    p.position,
    p.rejects,
    p.quality.checks === 0 ? '-' : running ? `${p.quality.passed}/${p.quality.checks}` : '-',
    running ? p.health : '-',
    p.lastRecordAt ?? '-',
    rate(p),
  ]);
  for (const line of formatTable(
    ['product', 'records', 'rejects', 'checks', 'state', 'last record', 'records/s'],
    rows,
  ))
    terminal.print(line);
  const underWay = progressLines(status.products);
  if (underWay.length > 0) terminal.print('');
  for (const line of underWay) terminal.print(line);
  for (const product of status.products) {
    if (product.outdated) {
      terminal.print(
        `\n${product.product}: the transform was changed; earlier records are as the old one mapped them.`,
      );
      terminal.print(terminal.style('dim', `  Map them again with: wharf replay ${product.product}`));
    }
    for (const task of product.tasks.filter((t) => t.lastError)) {
      terminal.print(terminal.style('red', `\n${task.task}: ${task.lastError?.message}`));
      if (task.lastError?.hint) terminal.print(terminal.style('dim', `  ${task.lastError.hint}`));
    }
  }
}

function rate(product: ProductStatus): number {
  return product.tasks.reduce((sum, task) => sum + task.rate, 0);
}
