/** The command line: the table of commands, their help, and exit codes. */
import { Command as Commander, CommanderError } from 'commander';
import { packageVersion } from '../base/entry.ts';
import { WharfError } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import type { Lazy, Registries } from '../kit/registry.ts';
import type { Command, CommandContext } from './command.ts';
import { UsageError } from './command.ts';
import { misuseOf } from './misuse.ts';
import { Terminal } from './terminal.ts';

const COMMANDS: Readonly<Record<string, Lazy<Command>>> = {
  init: async () => (await import('./commands/init.ts')).initCommand,
  add: async () => (await import('./commands/add.ts')).addCommand,
  check: async () => (await import('./commands/check.ts')).checkCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  test: async () => (await import('./commands/test.ts')).testCommand,
  describe: async () => (await import('./commands/describe.ts')).describeCommand,
  types: async () => (await import('./commands/types.ts')).typesCommand,
  up: async () => (await import('./commands/up.ts')).upCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  sql: async () => (await import('./commands/sql.ts')).sqlCommand,
  tail: async () => (await import('./commands/tail.ts')).tailCommand,
  token: async () => (await import('./commands/token.ts')).tokenCommand,
  rejects: async () => (await import('./commands/rejects.ts')).rejectsCommand,
  release: async () => (await import('./commands/release.ts')).releaseCommand,
  replay: async () => (await import('./commands/replay.ts')).replayCommand,
  request: async () => (await import('./commands/request.ts')).requestCommand,
  agreements: async () => (await import('./commands/agreements.ts')).agreementsCommand,
  audit: async () => (await import('./commands/audit.ts')).auditCommand,
  deliveries: async () => (await import('./commands/deliveries.ts')).deliveriesCommand,
  alerts: async () => (await import('./commands/alerts.ts')).alertsCommand,
  clean: async () => (await import('./commands/clean.ts')).cleanCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
};

/** Commands that the design names and this version does not have. */
const COMING = ['plan', 'export', 'import'];

/** What the parser throws after it has printed the help itself. */
const SHOWS_HELP = new Set(['commander.help', 'commander.helpDisplayed']);

/** All commands, in the order of the help; the one that is named alone, which starts sooner. */
export function loadCommands(name?: string): Promise<Command[]> {
  const named = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return Promise.all((named ? [named] : Object.values(COMMANDS)).map((load) => load()));
}

export interface CliOptions {
  readonly argv: readonly string[];
  readonly registries: Registries;
  readonly out?: NodeJS.WritableStream;
  readonly err?: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

/** Runs one command; resolves to the exit code: 0, 1 (the answer is no), 2 (misuse). */
export async function runCli(options: CliOptions): Promise<number> {
  const out = options.out ?? process.stdout;
  const err = options.err ?? process.stderr;
  const terminal = new Terminal({ json: options.argv.includes('--json'), out, err });
  let exitCode = 0;
  const program = newProgram(out, err);
  for (const command of await loadCommands(options.argv[0])) {
    addCommand(program, command, async (context) => {
      exitCode = await command.run({
        ...context,
        registries: options.registries,
        terminal,
        signal: options.signal,
      });
    });
  }
  try {
    refuseUnknown(options.argv[0]);
    await program.parseAsync([...options.argv], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    return exitCodeOf(thrown, terminal, options.argv[0]);
  }
}

function newProgram(out: NodeJS.WritableStream, err: NodeJS.WritableStream): Commander {
  return new Commander('wharf')
    .description('Declare a data product once; serve it everywhere, at one position.')
    .version(packageVersion, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void out.write(text),
      writeErr: (text) => void err.write(text),
      // What it refuses is told in our words, and as JSON where that is asked for.
      outputError: () => undefined,
    })
    .addHelpText(
      'after',
      '\nThe mesh folder is the current one when left out. Data goes to .wharf/ beside the mesh.',
    );
}

type Run = (context: Pick<CommandContext, 'arguments' | 'options'>) => Promise<void>;

function addCommand(program: Commander, command: Command, run: Run): void {
  const sub = program.command(command.name).description(command.summary).exitOverride();
  for (const argument of command.arguments ?? []) sub.argument(argument.name, argument.doc);
  for (const option of command.options ?? []) {
    if (option.repeat)
      sub.option(option.flags, option.doc, (value: string, all: string[]) => [...all, value], []);
    else sub.option(option.flags, option.doc, option.default as string | undefined);
  }
  sub.option('--json', 'print the result as JSON');
  if (command.examples)
    sub.addHelpText('after', `\nExamples:\n${command.examples.map((e) => `  $ ${e}`).join('\n')}`);
  sub.action(async (...given: unknown[]) => {
    const values = given.slice(0, command.arguments?.length ?? 0) as (string | undefined)[];
    await run({ arguments: values, options: sub.opts() });
  });
}

function refuseUnknown(name: string | undefined): void {
  if (name === undefined || name.startsWith('-') || name === 'help' || name in COMMANDS) return;
  if (COMING.includes(name)) {
    throw new UsageError(
      `The command "${name}" is not available in this version.`,
      'wharf --help lists those that are.',
    );
  }
  throw new UsageError(
    `There is no command "${name}".`,
    didYouMean(name, Object.keys(COMMANDS)) || 'wharf --help lists all commands.',
  );
}

function exitCodeOf(thrown: unknown, terminal: Terminal, name: string | undefined): number {
  if (thrown instanceof CommanderError) {
    if (thrown.exitCode === 0) return 0;
    const command = name !== undefined && name in COMMANDS ? name : undefined;
    if (!SHOWS_HELP.has(thrown.code)) terminal.fail(misuseOf(thrown, command));
    return 2;
  }
  terminal.fail(thrown);
  if (thrown instanceof UsageError) return 2;
  if (!(thrown instanceof WharfError) && thrown instanceof Error && process.env.WHARF_DEBUG)
    terminal.note(thrown.stack ?? '');
  return 1;
}
