import { didYouMean } from '../../base/suggest.ts';
import type { OptionField } from '../../schema/options.ts';
import { everyOption, scalarsOf } from '../draft/visit-draft.ts';
import { type MapEntry, type ScalarNode, textAt } from '../source/node.ts';
import { productExample } from './example-mesh.ts';
import type { Report, Rule } from './rule.ts';

const body =
  'inputs:\n  source: { from: file, connection: archive, path: data.csv }\nkey: none\nfields: { id: string }\n';

export const unknownConnection: Rule = {
  code: 'SPEC_UNKNOWN_CONNECTION',
  law: 'A connection that is named is declared in mesh.yaml, with a type that fits.',
  hint: 'Add it to "connections" in mesh.yaml.',
  bad: productExample(body, {
    'mesh.yaml': 'mesh: example\nconnections:\n  archives: { type: folder, path: /srv/archive }\n',
  }),
  good: productExample(body, {
    'mesh.yaml': 'mesh: example\nconnections:\n  archive: { type: folder, path: /srv/archive }\n',
  }),
  check(mesh, report) {
    if (mesh.meshFile === 'unread') return;
    const known = mesh.connections.map((connection) => connection.key.text);
    for (const { option, node } of everyOption(mesh)) {
      for (const name of option.connectionName ? scalarsOf(node) : []) {
        const connection = mesh.connections.find(({ key }) => key.text === name.text);
        if (connection) checkType(name, connection, option, report);
        else {
          report({
            at: name,
            message: `The connection "${name.text}" is not known.`,
            expected:
              known.length === 0 ? 'a connection of mesh.yaml, which has none' : `one of ${known.join(', ')}`,
            received: `"${name.text}"`,
            hint: didYouMean(name.text, known),
          });
        }
      }
    }
  },
};

function checkType(at: ScalarNode, connection: MapEntry, option: OptionField, report: Report): void {
  const type = textAt(connection.value, 'type');
  const types = option.connectionTypes;
  if (types === undefined || type === undefined || types.includes(type)) return;
  report({
    at,
    message: `The connection "${at.text}" is of type "${type}", which does not fit here.`,
    expected: `a connection of type ${types.join(' or ')}`,
    received: `one of type ${type}`,
    hint: 'Name another one, or add one of that type to "connections" in mesh.yaml.',
  });
}
