/** The input `file`: looks for news in files that match, again and again, and reads them by the way that the options name. */
import { type CaptureBatch, type CaptureContext, definePullInput } from '../../kit/input.ts';
import { sleepLong } from '../poll-times.ts';
import { AppendReader } from './append-reader.ts';
import { type FileOptions, fileOptionFields, readFileOptions } from './file-options.ts';
import type { FilePass } from './file-pass.ts';
import { findFiles } from './find-files.ts';
import { ReplayReader } from './replay-reader.ts';
import { SnapshotReader } from './snapshot-reader.ts';
import { QUIET_MS } from './unfinished-tail.ts';

/** A look at very many files takes its time; the pause after it is so many times as long, at least. */
const LOOK_TIMES_PAUSE = 10;
const FILES_MANY = 1_000;

export const fileInput = definePullInput({
  name: 'file',
  doc: 'Files of a folder, in CSV, JSON, NDJSON or Parquet, also with .gz; new files and new lines are picked up.',
  options: fileOptionFields,
  capture,
});

async function* capture(context: CaptureContext): AsyncGenerator<CaptureBatch> {
  try {
    yield* follow(context, readFileOptions(context.options));
  } catch (thrown) {
    if (!context.signal.aborted) throw thrown;
  }
}

async function* follow(context: CaptureContext, options: FileOptions): AsyncGenerator<CaptureBatch> {
  const { clock, signal } = context;
  const look = () => findFiles(context.baseFolder, options.paths);
  const reader = readerOf(context, options, look);
  let caughtUp = false;
  let waited = false;
  let told = false;
  for (;;) {
    const lookedMs = clock.nowMs();
    const files = await look();
    const lookMs = clock.nowMs() - lookedMs;
    signal.throwIfAborted();
    let news = false;
    for await (const batch of reader.pass(files)) {
      signal.throwIfAborted();
      yield batch;
      signal.throwIfAborted();
      news = true;
    }
    if (files.length === 0 && !told) context.log.warn(`No file matches "${options.paths.join(', ')}" yet.`);
    told ||= files.length === 0;
    // At the start, the last records of files that were written just now belong to what was there; they get one wait.
    const wait = reader.waiting && !waited;
    waited = true;
    if ((news || !caughtUp) && !wait) {
      caughtUp = true;
      context.caughtUp();
    }
    const pauseMs = options.times.pauseMs(clock.nowMs());
    const restMs = files.length < FILES_MANY ? 0 : lookMs * LOOK_TIMES_PAUSE;
    await sleepLong(clock, wait ? QUIET_MS : Math.max(pauseMs, restMs), signal);
  }
}

function readerOf(
  context: CaptureContext,
  options: FileOptions,
  look: () => ReturnType<typeof findFiles>,
): FilePass {
  const environment = { options, signal: context.signal, toNdjson: context.toNdjson };
  if (options.replay) return new ReplayReader(environment, options.replay, context);
  if (options.mode === 'snapshot') return new SnapshotReader({ ...environment, look }, context.cursor);
  return new AppendReader(environment, context);
}
