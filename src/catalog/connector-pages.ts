import { typeText } from '../schema/field.ts';
import type { Declaration, Declarations, OptionField } from '../schema/options.ts';
import { CONNECTION_TYPES } from '../spec/grammar/connection-types.ts';

/** One reference page for each kind of connector, made from their declarations. */
export function connectorPages(declarations: Declarations): Map<string, string> {
  return new Map([
    [
      'inputs.md',
      page(
        'Inputs',
        "Where a product's records come from: `inputs: { <name>: { from: <input>, ... } }`.",
        declarations.inputs,
      ),
    ],
    [
      'connections.md',
      page(
        'Connections',
        'Things outside the mesh folder, in mesh.yaml: `connections: { <name>: { type: <type>, ... } }`.',
        CONNECTION_TYPES,
      ),
    ],
    [
      'ports.md',
      page(
        'Ports',
        'The ways to read a product: `outputs: { <port>: { ... } }`. Left out, all of them serve it.',
        declarations.ports,
      ),
    ],
    [
      'deliveries.md',
      page(
        'Deliveries',
        'Systems that a product is pushed into and kept up to date in: `deliver: { <name>: { to: <destination>, ... } }`.',
        declarations.deliveries,
      ),
    ],
  ]);
}

function page(title: string, lead: string, all: readonly Declaration[]): string {
  const sections = [...all].sort((a, b) => (a.name < b.name ? -1 : 1)).map(section);
  return `${[`# ${title}`, '', lead, '', ...sections.flat()].join('\n').trimEnd()}\n`;
}

function section(declaration: Declaration): string[] {
  const head = [`## ${declaration.name}`, '', declaration.doc, ''];
  if (declaration.options.length === 0) return [...head, 'It has no options.', ''];
  const rows = declaration.options.flatMap((option) => optionRows(option, ''));
  return [...head, '| option | type | default | |', '|---|---|---|---|', ...rows, ''];
}

function optionRows(option: OptionField, prefix: string): string[] {
  const name = `${prefix}${option.name}`;
  const marks = [
    option.required ? '**required**' : '',
    option.secret ? 'a secret, written as a reference to the environment' : '',
  ].filter(Boolean);
  const example = option.example ? ` Example: \`${option.example}\`.` : '';
  const type = `${typeText(option)}${option.single ? ', or one' : ''}${option.enum ? `: ${option.enum.map((e) => `\`${e}\``).join(', ')}` : ''}`;
  const row = `| \`${name}\` | ${type} | ${option.default === undefined ? '' : `\`${option.default}\``} | ${[option.doc, ...marks].join(' ')}${example} |`;
  const members = (option.fields ?? []).map((field) => ({ doc: '', ...field }));
  return [row.replaceAll('\n', ' '), ...members.flatMap((member) => optionRows(member, `${name}.`))];
}
