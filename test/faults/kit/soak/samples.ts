/** What the soak measures from time to time, and whether it stays as it was. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { ownBytesOf, processTreeOwnBytes, rssByName } from '../../../../bench/support/memory.ts';
import type { Bound } from '../experiment.ts';
import { slopeOf } from '../slope.ts';
import { isRun, mostRuns, RUNS, runsAtMost } from './run-files.ts';

/** Of a process that was there only for a moment nothing can be said. */
const POINTS_MIN = 10;
const MS_PER_HOUR = 3_600_000;
/**
 * Growth within an hour, as a share of the mean, that still is flat; and of latencies, which follow what else the machine does. A slope
 * counts less twice its standard error: by that much, chance alone makes one of figures that stay as they are.
 */
const GROWTH_MAX: Readonly<Record<string, number>> = { memory: 0.1, files: 0.1, latency: 0.25 };

export interface Sample {
  readonly atMs: number;
  /** By the name of what was measured; its first word says of which kind it is. */
  readonly values: Readonly<Record<string, number>>;
}

/**
 * Of the process, all that it started, and its data folder. Memory is what the processes hold themselves; pages of mapped files, of which
 * a journal that grows has more and more, are the system's, which takes them back.
 */
export function sampleOf(
  pid: number,
  data: string,
  latencies: Readonly<Record<string, { readonly p50: number }>>,
): Sample {
  const files = readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const values: Record<string, number> = {
    'memory of the main process, MB': ownBytesOf(pid) / 1e6,
    'memory of all processes, MB': processTreeOwnBytes(pid) / 1e6,
    'files open in the main process': readdirSync(`/proc/${pid}/fd`).length,
    'files in the data folder that are no runs': files.filter((file) => !isRun(file)).length,
    [RUNS]: mostRuns(files),
  };
  for (const [name, bytes] of rssByName(pid, 'RssAnon'))
    if (name.startsWith('wharf-')) values[`memory of ${name}, MB`] = bytes / 1e6;
  for (const [kind, { p50 }] of Object.entries(latencies)) values[`latency of ${kind}, median ms`] = p50;
  return { atMs: performance.now(), values };
}

/** Bytes of all files below a folder. */
export function bytesOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + sizeOf(path.join(entry.parentPath, entry.name)), 0);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** For everything that was measured but runs, by how much of its mean it grows within an hour. */
export function growthBounds(samples: readonly Sample[]): Bound[] {
  const names = new Set(samples.flatMap(({ values }) => Object.keys(values)));
  names.delete(RUNS);
  return [...names].flatMap((name) => {
    const points = samples.flatMap(({ atMs, values }) => {
      const value = values[name];
      return value === undefined ? [] : [[atMs / MS_PER_HOUR, value] as const];
    });
    if (points.length < POINTS_MIN) return [];
    const { each, error, mean } = slopeOf(points);
    const kind = name.startsWith('memory') ? 'memory' : name.startsWith('files') ? 'files' : 'latency';
    return {
      what: `growth of ${name} (mean ${round(mean)}, slope ${round(each)} an hour, error ${round(error)})`,
      value: round((each - 2 * error) / mean),
      unit: 'of the mean an hour',
      atMost: GROWTH_MAX[kind] ?? 0,
    };
  });
}

/** The most that there were at any time. */
export function runsBound(samples: readonly Sample[], minutes: number): Bound {
  const value = Math.max(0, ...samples.map(({ values }) => values[RUNS] ?? 0));
  return { what: RUNS, value, unit: 'runs', atMost: runsAtMost(minutes) };
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
