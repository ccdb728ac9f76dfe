// Brings a fresh clone to where it can run: dependencies as locked, and dist/ built from src/. Does nothing when all is there.
// With --without-pages the pages are left as they are.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const stamp = path.join(root, 'node_modules', '.wharf-lock');

function run(command, args, what) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  console.error(`${what} failed${error ? `: ${error.message}` : ` with exit code ${status}`}.`);
  process.exit(1);
}

function install() {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('Installing dependencies ...');
  // None of them needs an install script: each carries its binaries in its package.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci');
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, lock);
}

function newestChangeMs(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (newest, entry) => Math.max(newest, statSync(path.join(entry.parentPath, entry.name)).mtimeMs),
      0,
    );
}

function build() {
  const built = path.join(root, 'dist', 'main.cjs');
  if (existsSync(built) && statSync(built).mtimeMs >= newestChangeMs(path.join(root, 'src'))) return;
  run(process.execPath, [path.join(root, 'scripts', 'build.mjs')], 'The build');
}

function buildWeb() {
  const built = path.join(root, 'dist', 'web', 'index.html');
  if (existsSync(built) && statSync(built).mtimeMs >= newestChangeMs(path.join(root, 'web'))) return;
  console.error('Building the pages ...');
  run(process.execPath, [path.join(root, 'scripts', 'build-web.mjs')], 'The build of the pages');
}

install();
build();
if (!process.argv.includes('--without-pages')) buildWeb();
