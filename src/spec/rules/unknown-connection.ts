import { didYouMean } from '../../base/suggest.ts';
import { everyOption, scalarsOf } from '../draft/visit-draft.ts';
import { productExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

const body =
  'inputs:\n  source: { from: file, connection: archive, path: data.csv }\nkey: none\nfields: { id: string }\n';

export const unknownConnection: Rule = {
  code: 'SPEC_UNKNOWN_CONNECTION',
  law: 'A connection that is named is declared in mesh.yaml.',
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
        if (known.includes(name.text)) continue;
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
  },
};
