import type { Command } from './command.ts';
import { loadCommands } from './run-cli.ts';

/** The reference page of all commands. */
export async function commandPages(): Promise<Map<string, string>> {
  const commands = await loadCommands();
  const lines = [
    '# Commands',
    '',
    'Every command has `--help` and `--json`. Exit codes: 0 fine, 1 the answer is no, 2 misuse.',
    '',
    ...commands.flatMap(section),
  ];
  return new Map([['commands.md', `${lines.join('\n').trimEnd()}\n`]]);
}

function section(command: Command): string[] {
  const usage = ['wharf', command.name, ...(command.arguments ?? []).map((a) => a.name)].join(' ');
  const rows = [
    ...(command.arguments ?? []).map((a) => `| \`${a.name}\` | ${a.doc} |`),
    ...(command.options ?? []).map(
      (o) =>
        `| \`${o.flags}\` | ${o.doc}${typeof o.default === 'string' ? ` (default: \`${o.default}\`)` : ''} |`,
    ),
  ];
  const table = rows.length > 0 ? ['| | |', '|---|---|', ...rows, ''] : [];
  const examples = command.examples ? ['```sh', ...command.examples, '```', ''] : [];
  return [`## ${command.name}`, '', `\`${usage}\`: ${command.summary}.`, '', ...table, ...examples];
}
