/**
 * What it can take is measured first; then ten times of it is offered, at a constant rate and whatever becomes of it, and then half of it,
 * until that is taken as it was before. What is taken under ten times the load, within the patience of who sends it, must be close to what
 * it can take, and what memory it needs must not grow with the time that this goes on.
 */

import { cpuSeconds } from '../../../../bench/support/cpu.ts';
import { percentile } from '../../../../bench/support/measure.ts';
import { processTreeOwnBytes } from '../../../../bench/support/memory.ts';
import type { WharfProcess } from '../../../support/wharf-process.ts';
import type { Bound, ExperimentOptions } from '../experiment.ts';
import { slopeOf } from '../slope.ts';
import { type Pushed, type Pushing, pushAtRate, pushInTurns } from './pushers.ts';

export const PRODUCT = '/p/test.items/v1';

/** What came of some load on the pushes of `PRODUCT`. */
export interface Load {
  readonly accepted: number;
  /** Records of pushes that were never answered: they may be there or not. */
  readonly unknown: number;
  readonly figures: Readonly<Record<string, number>>;
  readonly bounds: readonly Bound[];
  readonly findings: readonly string[];
}

const PEAK_CONNECTIONS = 128;
/** With the slow ones 5,000. */
const CONNECTIONS = 3_000;
const TIMES = 10;
const OVER_SECONDS = Number(process.env.WHARF_OVERLOAD_SECONDS ?? 30);
const SECONDS = { warm: 3, peak: 15, calm: 5, over: OVER_SECONDS, recovery: 60 } as const;
const RECORDS = 100;
const LOOK_MS = 250;
const GOODPUT_MIN = 0.8;
const RECOVERY_SECONDS_MAX = 30;
/** Recovered: all is taken, and as fast as before, or this fast. */
const RECOVERED_P99_MS = 250;
const RECOVERED_TIMES = 2;
/** Growth between the first third of the overload and its end, as a share of the mean, that is flat. */
const GROWTH_MAX = 0.2;

export async function sustainedLoad(
  wharf: WharfProcess,
  body: string,
  tell: ExperimentOptions['tell'],
): Promise<Load> {
  const base = { url: wharf.url, path: `${PRODUCT}/inputs/source`, body: Buffer.from(body) };
  const warm = await pushInTurns({ ...base, connections: PEAK_CONNECTIONS, seconds: SECONDS.warm });
  const atRest = cpuSeconds(wharf.pid);
  const peak = await pushInTurns({ ...base, connections: PEAK_CONNECTIONS, seconds: SECONDS.peak });
  const peakCpu = cpuSeconds(wharf.pid) - atRest;
  const rate = peak.takenMs.length / peak.seconds;
  tell(`it takes ${Math.round(rate)} pushes a second`);
  const half = { ...base, connections: PEAK_CONNECTIONS, seconds: SECONDS.calm };
  const calm = await pushAtRate(half, rate / 2);
  const memory = watchMemory(wharf.pid);
  const before = cpuSeconds(wharf.pid);
  const crowd = { ...base, connections: CONNECTIONS, seconds: SECONDS.over };
  const over = await pushAtRate(crowd, rate * TIMES);
  const growth = memory.stop();
  const overCpu = cpuSeconds(wharf.pid) - before;
  tell(
    `of ${over.arrivals} pushes it took ${over.takenMs.length} in ${Math.round(over.seconds)} s, and refused ${over.refused}`,
  );
  const { seconds, all } = await recovery(half, rate / 2, percentile(calm.takenMs, 0.99));
  const taken = over.takenMeanwhile / SECONDS.over;
  const phases = [warm, peak, calm, over, ...all];
  return {
    accepted: phases.reduce((sum, phase) => sum + phase.accepted, 0),
    unknown: phases.reduce((sum, phase) => sum + phase.cut, 0) * RECORDS,
    findings: phases.flatMap((phase) => phase.others),
    figures: {
      'peak, pushes of 100 records a second': Math.round(rate),
      'offered a second': Math.round(rate * TIMES),
      'taken a second under it': Math.round(taken),
      'peak, processor ms a push': rounded((peakCpu * 1_000) / peak.takenMs.length),
      'overloaded, processor ms a push taken': rounded((overCpu * 1_000) / over.takenMs.length),
      'calm, p99 ms': Math.round(percentile(calm.takenMs, 0.99)),
      'overloaded, p50 ms of what was taken': Math.round(percentile(over.takenMs, 0.5)),
      'overloaded, p99 ms of what was taken': Math.round(percentile(over.takenMs, 0.99)),
      'refused with Retry-After': over.refused,
      'given up by their senders': over.givenUp,
      'cut off': over.cut,
    },
    bounds: [
      {
        what: 'taken under ten times the load',
        value: taken / rate,
        unit: 'of the peak',
        atLeast: GOODPUT_MIN,
      },
      { what: 'growth of memory while it lasts', value: growth, unit: 'of the mean', atMost: GROWTH_MAX },
      {
        what: 'until half the load is taken as before',
        value: seconds,
        unit: 's',
        atMost: RECOVERY_SECONDS_MAX,
      },
    ],
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** Seconds until half of what it can take is taken as it was, a second at a time; more than the bound where it never was. */
async function recovery(
  half: Pushing,
  rate: number,
  calmP99Ms: number,
): Promise<{ seconds: number; all: Pushed[] }> {
  const p99MsMax = Math.max(RECOVERED_P99_MS, RECOVERED_TIMES * calmP99Ms);
  const startedMs = performance.now();
  const all: Pushed[] = [];
  while (performance.now() - startedMs < SECONDS.recovery * 1_000) {
    const seconds = (performance.now() - startedMs) / 1_000;
    const pushed = await pushAtRate({ ...half, seconds: 1 }, rate);
    all.push(pushed);
    const isAllTaken = pushed.takenMs.length === pushed.arrivals;
    if (isAllTaken && percentile(pushed.takenMs, 0.99) <= p99MsMax) return { seconds, all };
  }
  return { seconds: SECONDS.recovery, all };
}

/** By how much of its mean memory grows from the first third on, by least squares, less what chance may have made of it. */
function watchMemory(pid: number): { stop(): number } {
  const startedMs = performance.now();
  const points: (readonly [seconds: number, bytes: number])[] = [];
  const timer = setInterval(
    () => points.push([(performance.now() - startedMs) / 1_000, processTreeOwnBytes(pid)]),
    LOOK_MS,
  );
  return {
    stop() {
      clearInterval(timer);
      const whole = points.at(-1)?.[0] ?? 0;
      const { each, error, mean } = slopeOf(points.filter(([seconds]) => seconds >= whole / 3));
      return ((each - 2 * error) * whole * (2 / 3)) / mean;
    },
  };
}
