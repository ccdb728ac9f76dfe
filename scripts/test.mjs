// Everything that must hold before a change lands. Ends with a line that counts the checks and tests.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * Processes are killed here, never the machine: what was written outlives them in memory as well as on a disk, and thousands of syncs cost
 * nothing. Only where there is plenty of it, and nobody chose another place by TMPDIR.
 */
const MEMORY_DISK = '/dev/shm';
const MEMORY_DISK_BYTES_MIN = 8 * 1024 ** 3;

function temporaryRoot() {
  if (process.env.TMPDIR) return os.tmpdir();
  try {
    const { bavail, bsize } = statfsSync(MEMORY_DISK);
    return bavail * bsize >= MEMORY_DISK_BYTES_MIN ? MEMORY_DISK : os.tmpdir();
  } catch {
    return os.tmpdir(); // Other systems have no such place.
  }
}

const temporary = mkdtempSync(path.join(temporaryRoot(), 'wharf-test-'));
// Postgres does not run as root: its user must be able to come through.
chmodSync(temporary, 0o711);
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));
const bin = (name) => path.join('node_modules', '.bin', name);

/** The compiler in machine code says the same in a quarter of the time; tools that read TypeScript still need the one in JavaScript. */
const TSC = path.join('node_modules', 'typescript-native', 'bin', 'tsc');

/** What is told without running the product; one after another beside the tests, which wait as often as they work. */
const checks = [
  ['types', TSC, ['-p', '.']],
  ['types of the pages', TSC, ['-p', 'web']],
  ['lint', bin('biome'), ['check', '--error-on-warnings', '.']],
  [
    'import directions',
    bin('depcruise'),
    ['src', 'web/src', '--config', '.dependency-cruiser.cjs', '--output-type', 'err'],
  ],
  ['generated files', process.execPath, ['dist/generate.cjs', '--check']],
];

let passed = 0;
let failed = 0;
let skipped = 0;

/** Resolves to whether it ended well. */
function run(name, command, args, stdio) {
  const started = Date.now();
  const child = spawn(command, args, {
    stdio: ['ignore', stdio, stdio],
    env: { ...process.env, npm_config_loglevel: 'error', TMPDIR: temporary },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      const end = code === 0 ? 'ok' : `failed (exit ${code ?? signal})`;
      console.log(`${output}== ${name}: ${end}, ${seconds} s`);
      resolve(code === 0);
    });
  });
}

async function runChecks() {
  for (const check of checks) {
    if (await run(...check, 'pipe')) passed += 1;
    else failed += 1;
  }
}

/**
 * Browsers, sockets and other processes are now and then late on a busy machine, and Node itself may end a process of the tests, whose file then
 * stays without its results. Such files are run again, alone, and what passes then is named in the closing line. Never where the failure itself
 * would be the finding: random cases and faults.
 */
const AGAIN_FILES_MAX = 3;
const FINAL = /^test\/(oracle|faults)\//;

const isBroken = ({ status, assertionResults }) =>
  status === 'failed' ||
  assertionResults.length === 0 ||
  assertionResults.some((test) => test.status === 'pending');

/** What vitest reports of the files named, or of all. */
async function runTests(name, report, files) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${report}`];
  const ok = await run(name, bin('vitest'), ['run', ...reporters, ...files], 'inherit');
  return { ok, ...JSON.parse(readFileSync(report, 'utf8')) };
}

const [first] = await Promise.all([
  runTests('tests', path.join(temporary, 'report.json'), process.argv.slice(2)),
  runChecks(),
]);
const broken = first.numFailedTests + (first.ok || first.numFailedTests > 0 ? 0 : 1);
passed += first.numPassedTests;
failed += broken;
skipped += first.numPendingTests;

const late = first.testResults.filter(isBroken).map(({ name }) => path.relative(process.cwd(), name));
let again = 0;
if (late.length > 0 && late.length <= AGAIN_FILES_MAX && !late.some((file) => FINAL.test(file))) {
  const second = await runTests('tests again', path.join(temporary, 'again.json'), late);
  if (second.ok) {
    again = broken;
    passed += broken;
    failed -= broken;
  }
}
const notes = [
  ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ...(again > 0 ? [`${again} passed only when run again: ${late.join(', ')}`] : []),
];
console.log(`\n${[`${passed} passed`, `${failed} failed`, ...notes].join(', ')}`);
process.exit(failed === 0 ? 0 : 1);
