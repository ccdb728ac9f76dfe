/** What the command-line parser refused, in our words. */
import type { CommanderError } from 'commander';
import { UsageError } from './command.ts';

/** `name` is the command that was called; undefined when the misuse is of `wharf` itself. */
export function misuseOf(error: CommanderError, name: string | undefined): UsageError {
  const called = name === undefined ? 'wharf' : `wharf ${name}`;
  const near = /\(Did you mean (?:one of )?(.+?)\?\)/.exec(error.message)?.[1];
  const hint = `${near === undefined ? '' : `Did you mean ${near}? `}"${called} --help" shows how it is called.`;
  return new UsageError(sentenceOf(error, called), hint);
}

function sentenceOf(error: CommanderError, called: string): string {
  const quoted = /'(.*?)'/.exec(error.message)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownOption':
      return `"${called}" has no option "${quoted}".`;
    case 'commander.missingArgument':
      return `"${called}" needs <${quoted}>, and received none.`;
    case 'commander.excessArguments': {
      const [expected, received] = /Expected (\d+) .* got (\d+)/.exec(error.message)?.slice(1) ?? [];
      return `"${called}" takes at most ${expected} argument${expected === '1' ? '' : 's'}, and received ${received}.`;
    }
    case 'commander.optionMissingArgument':
      return `The option "${quoted}" needs a value, and received none.`;
    default:
      return error.message.replace(/^error: /, '').split('\n')[0] ?? '';
  }
}
