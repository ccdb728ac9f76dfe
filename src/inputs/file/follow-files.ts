/** Looks for news in files, again and again, and reads them: the common part of all inputs whose source are files. */
import type { CaptureBatch, CaptureContext } from '../../kit/input.ts';
import { sleepLong } from '../poll-times.ts';
import { AppendReader } from './append-reader.ts';
import type { FileOptions } from './file-options.ts';
import type { FilePass } from './file-pass.ts';
import type { ReadingEnvironment } from './file-reading.ts';
import type { FoundFile } from './find-files.ts';
import { ReplayReader } from './replay-reader.ts';
import { SnapshotReader } from './snapshot-reader.ts';
import { QUIET_MS } from './unfinished-tail.ts';

/** A look at very many files takes its time; the pause after it is so many times as long, at least. */
const LOOK_TIMES_PAUSE = 10;
const FILES_MANY = 1_000;

/** Files wherever they are, read by the way that the options name. */
export interface FileSource {
  /** The files as they are now, in the order in which they are read. */
  readonly look: () => Promise<readonly FoundFile[]>;
  readonly bring?: ReadingEnvironment['bring'];
}

/** Looks for news and reads them until the signal. */
export async function* followFiles(
  context: CaptureContext,
  options: FileOptions,
  source: FileSource,
): AsyncGenerator<CaptureBatch> {
  try {
    yield* follow(context, options, source);
  } catch (thrown) {
    if (!context.signal.aborted) throw thrown;
  }
}

async function* follow(
  context: CaptureContext,
  options: FileOptions,
  source: FileSource,
): AsyncGenerator<CaptureBatch> {
  const { clock, signal } = context;
  const reader = readerOf(context, options, source);
  let caughtUp = false;
  let waited = false;
  let told = false;
  for (;;) {
    const lookedMs = clock.nowMs();
    const files = await source.look();
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

function readerOf(context: CaptureContext, options: FileOptions, source: FileSource): FilePass {
  const { signal, toNdjson } = context;
  const environment = { options, signal, toNdjson, ...(source.bring ? { bring: source.bring } : {}) };
  if (options.replay) return new ReplayReader(environment, options.replay, context);
  if (options.mode === 'snapshot')
    return new SnapshotReader({ ...environment, look: source.look }, context.cursor);
  return new AppendReader(environment, context);
}
