import { pointIn } from '../source/node.ts';
import { SpecFile } from '../source/spec-file.ts';
import { keyedExample } from './example-mesh.ts';
import type { Rule } from './rule.ts';

export const meshFile: Rule = {
  code: 'SPEC_MESH_FILE',
  law: 'A mesh folder holds a file mesh.yaml with the name of the mesh.',
  hint: 'Create it with the line "mesh: my-mesh", or run "wharf init".',
  bad: { ...keyedExample(''), 'mesh.yaml': '# nothing yet\n' },
  good: { ...keyedExample(''), 'mesh.yaml': 'mesh: airports\n' },
  check(mesh, report) {
    if (mesh.root !== undefined || mesh.meshFile === 'unread') return;
    const message =
      mesh.meshFile === 'empty' ? 'The file "mesh.yaml" is empty.' : 'The mesh has no file "mesh.yaml".';
    report({ at: pointIn(new SpecFile('mesh.yaml', ''), 0), message });
  },
};
