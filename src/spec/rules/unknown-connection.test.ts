import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('unknown connection', () => {
  it('says that mesh.yaml has none', () => {
    expect(problemsIn(keyedExample('inputs: { a: { from: file, path: x, connection: vega } }\n'))).toEqual([
      'SPEC_UNKNOWN_CONNECTION 9:49 The connection "vega" is not known.',
    ]);
  });

  it('says that a connection of another type does not fit', () => {
    const mesh = 'mesh: m\nconnections: { api: { type: http, url: "https://a.example" } }\n';
    const example = keyedExample('inputs: { a: { from: file, path: x, connection: api } }\n', {
      'mesh.yaml': mesh,
    });
    expect(problemsIn(example)).toEqual([
      'SPEC_UNKNOWN_CONNECTION 9:49 The connection "api" is of type "http", which does not fit here.',
    ]);
  });
});
