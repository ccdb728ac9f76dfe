import { describe, expect, it } from 'vitest';
import { problemsIn } from '../test-support/problems-in.ts';
import { keyedExample } from './example-mesh.ts';

describe('version form', () => {
  const versioned = (version: string) => ({
    'a.product.yaml': (keyedExample('')['departures.product.yaml'] ?? '').replace('1.0.0', version),
  });

  it.each(['1.0.0', '0.1.0', '10.20.30', '1.0.0-beta.1', '1.0.0+build.5'])('accepts %s', (version) => {
    expect(problemsIn(versioned(version))).toEqual([]);
  });

  it.each(['1', '1.0', 'v1.0.0', '01.0.0', '1.0.0.0', 'latest', '1.0.0-'])('refuses %s', (version) => {
    expect(problemsIn(versioned(version))).toEqual([
      `SPEC_VERSION 2:10 The version "${version}" is malformed.`,
    ]);
  });
});
