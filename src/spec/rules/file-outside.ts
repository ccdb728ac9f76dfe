import type { MeshDraft } from '../draft/mesh-draft.ts';
import { everyOption, scalarsOf, type WrittenOption } from '../draft/visit-draft.ts';
import { staysInside } from '../source/mesh-files.ts';
import { textAt } from '../source/node.ts';
import { productExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

const body = (path: string) =>
  `inputs:\n  source: { from: file, path: ${path} }\nkey: none\nfields: { id: string }\n`;

export const fileOutside: Rule = {
  code: 'SPEC_FILE_OUTSIDE',
  law: 'Paths stay in the mesh folder, or in the folder of the connection that is named, links followed.',
  hint: 'Move the file into the mesh folder, or declare a connection of type "folder" and name it.',
  bad: productExample(body('../../etc/passwd')),
  good: productExample(body('data/*.csv')),
  check(mesh, report) {
    for (const written of everyOption(mesh)) {
      if (!written.option.path) continue;
      for (const node of scalarsOf(written.node)) {
        const why = whyOutside(mesh, node.text, written);
        if (why)
          report({
            at: node,
            message: `The path "${node.text}" ${why}.`,
            expected: 'a relative path without ".."',
            received: `"${node.text}"`,
          });
      }
    }
    for (const { transform } of mesh.products) {
      if (transform?.path === undefined || !transform.sourceNode) continue;
      const written = transform.sourceNode.text;
      if (mesh.files.standing(transform.path) !== 'outside') continue;
      const message = `The path "${written}" leaves the mesh folder.`;
      report({
        at: transform.sourceNode,
        message,
        expected: 'a file of the mesh folder',
        received: `"${written}"`,
      });
    }
  },
};

function whyOutside(mesh: MeshDraft, path: string, written: WrittenOption): string | undefined {
  const connection = connectionOf(written);
  const folder =
    connection === undefined ? 'the mesh folder' : `the folder of the connection "${connection}"`;
  if (!staysInside(path)) return `leaves ${folder}`;
  if (path.includes('\0')) return 'holds a NUL character';
  // What a connection's folder holds is looked at when it is opened; it may not be there yet.
  if (connection !== undefined) return undefined;
  return pathPrefixes(path).some((prefix) => mesh.files.standing(prefix) === 'outside')
    ? `leaves ${folder} through a link`
    : undefined;
}

function connectionOf({ product, holder }: WrittenOption): string | undefined {
  const input = product.inputs.find((candidate) => candidate.node === holder);
  const option = input?.declaration?.options.find((declared) => declared.connectionName);
  return option && textAt(holder, option.name);
}

const GLOB = /[*?[\]{}!()]/;

/** The folders and the file that a path goes through, up to its first glob. */
function pathPrefixes(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const glob = parts.findIndex((part) => GLOB.test(part));
  const fixed = glob < 0 ? parts : parts.slice(0, glob);
  return fixed.map((_, at) => fixed.slice(0, at + 1).join('/'));
}
