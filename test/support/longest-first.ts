/** The order of the test files: those that take minutes begin first, so that none of them is left to run alone at the end. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest first; every other file comes after them. */
const LONGEST = [
  'test/oracle/derive',
  'test/faults/',
  'test/oracle/',
  'test/pages/',
  'test/scenarios/',
  'test/',
];

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rank(a.moduleId) - rank(b.moduleId));
  }
}

function rank(file: string): number {
  const at = LONGEST.findIndex((folder) => file.includes(`/${folder}`));
  return at < 0 ? LONGEST.length : at;
}
