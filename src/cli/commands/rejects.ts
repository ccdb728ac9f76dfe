import { readFile } from 'node:fs/promises';
import { formatCount } from '../../base/duration.ts';
import { codeOf, messageOf } from '../../base/errors.ts';
import { REJECT_STATUSES } from '../../catalog/system/rejects.ts';
import type { RejectRecord } from '../../runtime/rejects/reject-record.ts';
import type { Replayed } from '../../runtime/rejects/replay-reject.ts';
import { type Command, type CommandContext, UsageError } from '../command.ts';
import { type Connection, connect, productPath } from '../connect.ts';
import { DATA_OPTION, MESH_OPTION } from '../mesh-folder.ts';
import { optionNumber } from '../option-number.ts';
import { setMembers } from '../set-members.ts';

/** What the server gives at once. */
const LIST_MAX = 1_000;

export const rejectsCommand: Command = {
  name: 'rejects',
  summary: 'list, show, correct and replay the records that broke their contract',
  arguments: [
    { name: '<product>', doc: 'domain.name, or domain.name@major' },
    { name: '[id]', doc: 'one reject, to show it whole or to replay it' },
  ],
  options: [
    MESH_OPTION,
    DATA_OPTION,
    { flags: '--replay', doc: 'send the reject on its way again (implied by --set and --file)' },
    {
      flags: '--set <path=value>',
      doc: 'correct a member first, e.g. --set delay=15 or --set items.0.sku=A1',
      repeat: true,
    },
    { flags: '--file <file>', doc: 'replay the document in this file in its place' },
    { flags: '--discard', doc: 'close the reject without replaying it' },
    { flags: '--status <status>', doc: 'list open, replayed, discarded or all', default: 'open' },
    { flags: '--limit <number>', doc: 'list at most so many', default: '20' },
  ],
  examples: [
    'wharf rejects flights.departures',
    'wharf rejects flights.departures 4f2a81c09b7d3e65',
    'wharf rejects flights.departures 4f2a81c09b7d3e65 --set delay=15',
  ],
  async run(context) {
    const path = productPath(context.arguments[0]);
    const id = context.arguments[1];
    refuseMisuse(context);
    const connection = await connect(context);
    try {
      if (id === undefined) return await list(context, connection, path);
      if (context.options.discard) return await discard(context, connection, path, id);
      if (isReplay(context)) return await replay(context, connection, path, id);
      return await show(context, connection, path, id);
    } finally {
      await connection.close();
    }
  },
};

/** Before anything is opened, so that nothing is half done. */
function refuseMisuse(context: CommandContext): void {
  const { options } = context;
  const id = context.arguments[1];
  optionNumber('--limit', options.limit, { min: 1, max: LIST_MAX });
  const status = String(options.status);
  if (status !== 'all' && !REJECT_STATUSES.some((known) => known === status))
    throw new UsageError(
      `"${status}" is not a status of rejects.`,
      `Use one of: ${REJECT_STATUSES.join(', ')}, all.`,
    );
  if (id === undefined && (isReplay(context) || options.discard))
    throw new UsageError(
      'Which reject? --replay, --set, --file and --discard need its id.',
      'Without an id, the command lists them.',
    );
  if (options.discard && isReplay(context))
    throw new UsageError(
      '--discard closes a reject without replaying it, so it goes with no --replay, --set or --file.',
    );
  if (options.file !== undefined && (options.set as string[]).length > 0)
    throw new UsageError('--set and --file cannot be used together.');
}

function isReplay({ options }: CommandContext): boolean {
  return Boolean(options.replay) || (options.set as string[]).length > 0 || options.file !== undefined;
}

async function list(
  { terminal, options, arguments: [product] }: CommandContext,
  connection: Connection,
  path: string,
): Promise<0> {
  const query = `status=${encodeURIComponent(String(options.status))}&limit=${encodeURIComponent(String(options.limit))}`;
  const page = await connection.call<{ total: number; rejects: RejectRecord[] }>(
    'GET',
    `${path}/rejects?${query}`,
  );
  if (terminal.json) {
    terminal.printJson(page);
    return 0;
  }
  if (page.total === 0) terminal.print(`${product} has no rejects (${options.status}).`);
  for (const reject of page.rejects) {
    terminal.print(
      `${terminal.style('bold', reject.id)}  ${placeOf(reject)}${reject.status === 'open' ? '' : `  ${reject.status}`}`,
    );
    for (const reason of reject.reasons)
      terminal.print(`  ${reason.pointer || '/'}  ${reason.message} ${terminal.style('dim', reason.code)}`);
    terminal.print(
      `  ${terminal.style('dim', reject.document.slice(0, Math.max(40, terminal.columns - 2)))}\n`,
    );
  }
  if (page.total > page.rejects.length)
    terminal.print(`${formatCount(page.total - page.rejects.length)} more: raise --limit.`);
  return 0;
}

async function show(
  { terminal }: CommandContext,
  connection: Connection,
  path: string,
  id: string,
): Promise<0> {
  const reject = await connection.call<RejectRecord>('GET', `${path}/rejects/${encodeURIComponent(id)}`);
  if (terminal.json) {
    terminal.printJson(reject);
    return 0;
  }
  terminal.print(
    `${terminal.style('bold', reject.id)}  ${reject.status}  ${reject.product}, input ${reject.input}`,
  );
  terminal.print(`from ${placeOf(reject)}\n`);
  for (const reason of reject.reasons)
    terminal.print(`  ${reason.pointer || '/'}  ${reason.message} ${terminal.style('dim', reason.code)}`);
  terminal.print(`\n${reject.document}${reject.cut ? '\n(cut)' : ''}`);
  if (reject.correction !== null) terminal.print(`\nreplayed as\n${reject.correction}`);
  return 0;
}

async function replay(context: CommandContext, connection: Connection, path: string, id: string): Promise<0> {
  const { terminal } = context;
  const where = `${path}/rejects/${encodeURIComponent(id)}`;
  const document = await correctedDocument(context, connection, where);
  const replayed = await connection.call<Replayed>(
    'POST',
    `${where}/replay`,
    document === undefined ? {} : { document },
  );
  if (terminal.json) terminal.printJson(replayed);
  else
    terminal.print(
      `${terminal.style('green', 'replayed')}: ${id} is record ${formatCount(replayed.position)} of ${replayed.stream}.`,
    );
  return 0;
}

async function correctedDocument(
  { options }: CommandContext,
  connection: Connection,
  where: string,
): Promise<string | undefined> {
  const sets = options.set as string[];
  if (options.file !== undefined) return correctedFile(String(options.file));
  if (sets.length === 0) return undefined;
  const { document } = await connection.call<RejectRecord>('GET', where);
  return setMembers(document, sets);
}

async function correctedFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    throw new UsageError(`The file "${file}" cannot be read: ${codeOf(thrown) ?? messageOf(thrown)}.`);
  }
}

async function discard(
  { terminal }: CommandContext,
  connection: Connection,
  path: string,
  id: string,
): Promise<0> {
  const answer = await connection.call('POST', `${path}/rejects/${encodeURIComponent(id)}/discard`);
  if (terminal.json) terminal.printJson(answer);
  else terminal.print(`discarded: ${id}. It stays listed with --status discarded.`);
  return 0;
}

/** A record of another product has no line; its document tells which it is. */
function placeOf({ file, line }: { readonly file: string; readonly line: number }): string {
  return line > 0 ? `${file}:${line}` : file;
}
