import { expect, it } from 'vitest';
import { SEED } from '../../support/seed.ts';
import { CONSTRUCTS } from './constructs.ts';
import { Draw } from './draw.ts';
import { drawMesh } from './mesh.ts';

/** As many as `derive.test.ts` runs. */
const CASES = 500;
/** Fewer than so many say little about a construct. */
const DRAWN_MIN = 5;

it(`no construct is left out of the ${CASES} cases that derived products are judged by (seed ${SEED})`, () => {
  const meshes = Array.from({ length: CASES }, (_, i) => drawMesh(new Draw(SEED + i)));
  const drawn = Object.entries(CONSTRUCTS).map(([name, holds]) => {
    const of = meshes.flatMap((mesh) => mesh.derived.filter((product) => holds(product, mesh)));
    return [name, of.length] as const;
  });
  console.log(drawn.map(([name, count]) => `${name} ${count}`).join(', '));
  expect(drawn.filter(([, count]) => count < DRAWN_MIN)).toEqual([]);
  for (const [name, key] of [
    ['rows that only grow', 'none'],
    ['whole rows', 'row'],
  ] as const)
    expect(
      meshes.filter(({ pushed }) => pushed.some((table) => table.key === key)).length,
      name,
    ).toBeGreaterThan(DRAWN_MIN);
});
