// Everything that must hold before a change lands. Ends with a line that counts the checks and tests.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const report = path.join(mkdtempSync(path.join(os.tmpdir(), 'wharf-test-')), 'report.json');
const bin = (name) => path.join('node_modules', '.bin', name);

const steps = [
  ['types', bin('tsc'), ['-p', '.']],
  ['types of the pages', bin('tsc'), ['-p', 'web']],
  ['lint', bin('biome'), ['check', '--error-on-warnings', '.']],
  [
    'import directions',
    bin('depcruise'),
    ['src', 'web/src', '--config', '.dependency-cruiser.cjs', '--output-type', 'err'],
  ],
  ['generated files', process.execPath, ['dist/generate.js', '--check']],
  [
    'tests',
    bin('vitest'),
    ['run', '--reporter=default', '--reporter=json', `--outputFile=${report}`, ...process.argv.slice(2)],
  ],
];

let passed = 0;
let failed = 0;
let skipped = 0;
for (const [name, command, args] of steps) {
  const started = Date.now();
  console.log(`\n== ${name}`);
  const { status } = spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, npm_config_loglevel: 'error' },
  });
  const ok = status === 0;
  console.log(
    `== ${name}: ${ok ? 'ok' : `failed (exit ${status})`}, ${((Date.now() - started) / 1000).toFixed(1)} s`,
  );
  if (name !== 'tests') {
    if (ok) passed += 1;
    else failed += 1;
    continue;
  }
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  passed += counts.numPassedTests;
  failed += counts.numFailedTests + (ok || counts.numFailedTests > 0 ? 0 : 1);
  skipped += counts.numPendingTests;
}
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed === 0 ? 0 : 1);
