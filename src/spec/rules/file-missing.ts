import { isAbsolute } from 'node:path';
import type { MeshDraft } from '../draft/mesh-draft.ts';
import type { SpecNode } from '../source/node.ts';
import { textAt, valueAt } from '../source/node.ts';
import { keyedExample } from './example-mesh.ts';
import type { Report, Rule } from './rule.ts';

const body =
  'inputs:\n  source: { from: push, fields: { ID: string } }\ntransform: { sql: departures.sql }\n';

export const fileMissing: Rule = {
  code: 'SPEC_FILE_MISSING',
  law: 'The file of a transform exists beside its spec, as UTF-8 text of at most 1 MB.',
  hint: 'Create the file, or correct its name; names are relative to the spec.',
  bad: keyedExample(body),
  good: keyedExample(body, { 'departures.sql': 'select ID as id from source\n' }),
  check(mesh, report) {
    for (const { transform } of mesh.products) {
      if (transform?.path === undefined || !transform.sourceNode) continue;
      checkFile(mesh, transform.path, transform.sourceNode, report);
    }
    for (const { value } of mesh.connections) {
      const path = textAt(value, 'path');
      const node = valueAt(value, 'path');
      if (path === undefined || !node || isAbsolute(path) || textAt(value, 'type') !== 'folder') continue;
      if (path.includes('..') || mesh.files.standing(path) !== 'missing') continue;
      report({
        at: node,
        message: `The folder "${path}" does not exist.`,
        expected: 'a folder',
        received: `"${path}"`,
      });
    }
  },
};

function checkFile(mesh: MeshDraft, path: string, at: SpecNode, report: Report): void {
  const standing = mesh.files.standing(path);
  if (standing === 'outside') return;
  const missing = standing === 'missing';
  if (!missing && mesh.files.text(path) !== undefined) return;
  report({
    at,
    message: missing ? `The file "${path}" does not exist.` : `The file "${path}" cannot be read as text.`,
    expected: 'a UTF-8 file of at most 1 MB',
    received: missing ? 'no such file' : 'something else',
  });
}
