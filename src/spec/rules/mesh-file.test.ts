import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('mesh file', () => {
  it('says that an empty mesh.yaml is empty', () => {
    expect(problemsIn({ 'mesh.yaml': '', ...keyedExample('') })).toEqual([
      'SPEC_MESH_FILE 1:1 The file "mesh.yaml" is empty.',
    ]);
  });

  it('does not repeat a syntax error of mesh.yaml as a missing file', () => {
    const codes = problemsIn({ 'mesh.yaml': 'mesh: [', ...keyedExample('') }).map((p) => p.split(' ')[0]);
    expect(new Set(codes)).toEqual(new Set(['SPEC_YAML_SYNTAX']));
  });
});
