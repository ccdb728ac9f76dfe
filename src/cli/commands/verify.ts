import { formatCount } from '../../base/duration.ts';
import type { Command } from '../command.ts';
import { connect, productPath } from '../connect.ts';
import { DATA_OPTION, MESH_OPTION } from '../mesh-folder.ts';

interface Report {
  /** What the rows are compared with: the product's own log, or its query over its inputs. */
  readonly against: 'log' | 'inputs';
  readonly dataset: string;
  readonly position: number;
  readonly rows: number;
  readonly missing: number;
  readonly unexpected: number;
  readonly samples: readonly { readonly side: string; readonly row: string }[];
}

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'recompute a product from its log and its inputs, and compare it, row by row, with what is served',
  arguments: [{ name: '<product>', doc: 'domain.name, or domain.name@major' }],
  options: [MESH_OPTION, DATA_OPTION],
  examples: ['wharf verify flights.departures'],
  async run(context) {
    const { terminal } = context;
    const path = productPath(context.arguments[0]);
    const connection = await connect(context);
    try {
      const answer = await connection.call<{ product: string; ok: boolean; datasets: Report[] }>(
        'POST',
        `${path}/verify`,
      );
      if (terminal.json) terminal.printJson(answer);
      else for (const report of answer.datasets) for (const line of textOf(report)) terminal.print(line);
      return answer.ok ? 0 : 1;
    } finally {
      await connection.close();
    }
  },
};

function textOf(report: Report): string[] {
  const what = report.against === 'log' ? 'the log' : 'its query over the inputs';
  const at = `${report.dataset} at position ${formatCount(report.position)}`;
  if (report.missing + report.unexpected === 0)
    return [`${at}: ${formatCount(report.rows)} rows, all as ${what} gives them.`];
  const head = `${at}: ${formatCount(report.missing)} rows that ${what} gives are not served, ${formatCount(report.unexpected)} that it does not give are.`;
  return [head, ...report.samples.map((sample) => `  ${sample.side}  ${sample.row}`)];
}
