import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { WharfError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Engine } from '../engine/engine.ts';
import type { Journal } from '../journal/journal.ts';
import type { StoreContext } from './context.ts';
import { FilePins } from './file-pins.ts';
import { STORE_LIMITS, type StoreLimits } from './limits.ts';
import { filesOf, MANIFEST_FORMAT, type Manifest } from './run.ts';
import { RunChecker } from './run-checker.ts';
import { RunStore } from './run-store.ts';
import type { Store } from './store.ts';
import { MANIFEST_TASKS, streamFolderName } from './stream-store.ts';

import './errors.ts';

export interface OpenStoreOptions {
  /** The data folder; runs live in `store/`, and what is disposable in `tail/` and `views/` below it. */
  readonly folder: string;
  readonly journal: Journal;
  /** Flushes and merges. */
  readonly writer: Engine;
  /** Answers reads. */
  readonly reader: Engine;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<StoreLimits>;
}

/**
 * Opens the runs of a data folder, and removes the files that no manifest names. The caller holds the folder's lock, and
 * closes the journal and the engines after the store.
 * Throws STORE_VERSION, STORE_UNKNOWN_RUNS.
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const manifests = readManifests(options.journal);
  const runsFolder = path.join(options.folder, 'store');
  const temporaryFolder = path.join(options.folder, 'tail');
  await rm(temporaryFolder, { recursive: true, force: true });
  await mkdir(temporaryFolder, { recursive: true, mode: 0o700 });
  await refuseUnknown(runsFolder, options.journal);
  await removeUnnamed(runsFolder, manifests);
  let files = 0;
  const context: StoreContext = {
    runsFolder,
    temporaryFolder,
    journal: options.journal,
    writer: options.writer,
    reader: options.reader,
    clock: options.clock,
    log: options.log,
    limits: { ...STORE_LIMITS, ...options.limits },
    pins: new FilePins(options.log),
    checker: new RunChecker(),
    temporaryFile: (suffix) => path.join(temporaryFolder, `${++files}.${suffix}`),
  };
  return new RunStore(context, manifests, path.join(options.folder, 'views'));
}

function readManifests(journal: Journal): Map<string, Manifest> {
  const manifests = new Map<string, Manifest>();
  for (const { task, value } of journal.cursors(MANIFEST_TASKS)) {
    const manifest = value as Manifest;
    if (manifest.format !== MANIFEST_FORMAT) {
      throw new WharfError(
        'STORE_VERSION',
        `Expected runs in format ${MANIFEST_FORMAT}, found ${JSON.stringify(manifest.format)} in "${task}".`,
        {
          hint: 'The data folder was written by another version of Wharf; start that version, or give another folder with --data.',
        },
      );
    }
    manifests.set(task.slice(MANIFEST_TASKS.length), manifest);
  }
  return manifests;
}

/** Runs are made of what a journal holds, so this is not the journal that they were made from: they must not be taken for left-overs. */
async function refuseUnknown(runsFolder: string, journal: Journal): Promise<void> {
  await mkdir(runsFolder, { recursive: true, mode: 0o700 });
  const known = new Set(journal.streams().map(streamFolderName));
  for (const folder of await readdir(runsFolder)) {
    const whole = path.join(runsFolder, folder);
    if (known.has(folder) || (await readdir(whole)).length === 0) continue;
    throw new WharfError(
      'STORE_UNKNOWN_RUNS',
      `The folder "${whole}" holds runs of "${decodeURIComponent(folder)}", of which the journal knows nothing.`,
      {
        hint: 'The journal beside it is gone or another one: put the right one back, or restore the data folder from a back-up. Nothing was changed. If the runs are not wanted, remove their folder.',
        place: { file: whole },
      },
    );
  }
}

/** What a crash left half done. */
async function removeUnnamed(runsFolder: string, manifests: ReadonlyMap<string, Manifest>): Promise<void> {
  const named = new Map(
    [...manifests].map(([stream, manifest]) => [streamFolderName(stream), filesOf(manifest)]),
  );
  for (const folder of await readdir(runsFolder)) {
    const files = named.get(folder);
    const whole = path.join(runsFolder, folder);
    if (!files) await rm(whole, { recursive: true });
    else
      for (const file of await readdir(whole))
        if (!files.has(file)) await rm(path.join(whole, file), { recursive: true });
  }
}
