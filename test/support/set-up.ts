/** Before all tests: `dist/` holds the programs of the sources as they are now. */
import { spawnSync } from 'node:child_process';

export default function setUp(): void {
  const { status } = spawnSync(process.execPath, ['scripts/set-up.mjs', '--without-pages'], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`scripts/set-up.mjs ended with ${status}`);
}
