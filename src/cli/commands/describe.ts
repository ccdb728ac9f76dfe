import { loadDeclarations } from '../../kit/registry.ts';
import { typeText } from '../../schema/field.ts';
import type { Declaration, OptionField } from '../../schema/options.ts';
import { CONNECTION_TYPES } from '../../spec/grammar/connection-types.ts';
import { type Command, UsageError } from '../command.ts';
import type { Terminal } from '../terminal.ts';

const KINDS = ['inputs', 'ports', 'deliveries', 'connections'] as const;

export const describeCommand: Command = {
  name: 'describe',
  summary: 'list what a spec may name, with every option: type, default, example, secrets',
  arguments: [{ name: '<kind>', doc: KINDS.join(', ') }],
  examples: ['wharf describe inputs', 'wharf describe connections --json'],
  async run({ arguments: [given], registries, terminal }) {
    const kind = KINDS.find((one) => one === given);
    if (!kind) throw new UsageError(`"${given}" is no kind of connector; expected ${KINDS.join(', ')}.`);
    const declarations = { ...(await loadDeclarations(registries)), connections: CONNECTION_TYPES };
    const all = [...declarations[kind]].sort((a, b) => (a.name < b.name ? -1 : 1));
    if (terminal.json) terminal.printJson(all.map(({ name, doc, options }) => ({ name, doc, options })));
    else for (const declaration of all) print(declaration, terminal);
    return 0;
  },
};

function print({ name, doc, options }: Declaration, terminal: Terminal): void {
  terminal.print(`${terminal.style('bold', name)}  ${doc}`);
  for (const option of options) printOption(option, '', terminal);
  terminal.print('');
}

function printOption(option: OptionField, prefix: string, terminal: Terminal): void {
  const name = `${prefix}${option.name}`;
  const marks = [
    typeText(option),
    option.enum ? `one of ${option.enum.join(', ')}` : '',
    option.required ? 'required' : '',
    option.default === undefined ? '' : `default ${option.default}`,
    option.secret ? 'secret, by reference to the environment' : '',
    option.example === undefined ? '' : `example ${option.example}`,
  ].filter(Boolean);
  terminal.print(`  ${name.padEnd(22)} ${option.doc} ${terminal.style('dim', `(${marks.join('; ')})`)}`);
  for (const field of option.fields ?? []) printOption({ doc: '', ...field }, `${name}.`, terminal);
}
