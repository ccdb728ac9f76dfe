/** Who pushes: as many at once as there are connections, or at a constant rate whatever becomes of it. */
import { PushConnection } from './push-connection.ts';

/** An arrival that was not answered after this is given up, as its sender would; it counts as neither taken nor refused. */
export const DEADLINE_MS = 10_000;
/** An arrival for which no connection became free within this is given up: so long a program waits to be connected. */
const CONNECT_MS_MAX = 1_000;
const TICK_MS = 2;
/** What was not answered so long after the last arrival is cut off: its end is not known. */
const DRAIN_MS_MAX = 60_000;

export interface Pushing {
  readonly url: string;
  readonly path: string;
  readonly body: Buffer;
  readonly connections: number;
  readonly seconds: number;
}

export interface Pushed {
  /** Until the last was answered. */
  readonly seconds: number;
  readonly arrivals: number;
  /** Milliseconds from when each that was taken was due. */
  readonly takenMs: readonly number[];
  /** How many were taken in time, and before the last was due. */
  readonly takenMeanwhile: number;
  readonly accepted: number;
  /** Answered by 429 or 503 with `Retry-After`. */
  readonly refused: number;
  readonly givenUp: number;
  /** Connections that ended before an answer came. */
  readonly cut: number;
  /** Answers that are neither. */
  readonly others: readonly string[];
}

const OTHERS_MAX = 5;

class Count {
  readonly takenMs: number[] = [];
  takenMeanwhile = 0;
  readonly others: string[] = [];
  accepted = 0;
  refused = 0;
  givenUp = 0;
  cut = 0;

  add(answer: Awaited<ReturnType<PushConnection['send']>>, ms: number): void {
    if (!answer) this.cut += 1;
    else if (answer.status === 200) {
      this.takenMs.push(ms);
      this.accepted += (JSON.parse(answer.body) as { accepted: number }).accepted;
    } else if ([429, 503].includes(answer.status) && /^retry-after: /im.test(answer.headers))
      this.refused += 1;
    else if (this.others.length < OTHERS_MAX)
      this.others.push(`a push was answered by ${answer.status}: ${answer.body.slice(0, 300)}`);
  }
}

function headOf({ url, path, body }: Pushing): Buffer {
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: ${new URL(url).host}\r\nContent-Type: application/x-ndjson\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
}

/** Each connection sends its next push once the one before is answered. */
export async function pushInTurns(pushing: Pushing): Promise<Pushed> {
  const head = headOf(pushing);
  const count = new Count();
  const startedMs = performance.now();
  const untilMs = startedMs + pushing.seconds * 1_000;
  let arrivals = 0;
  const pusher = async () => {
    const connection = new PushConnection(pushing.url);
    while (performance.now() < untilMs) {
      const dueMs = performance.now();
      arrivals += 1;
      count.add(await connection.send(head, pushing.body), performance.now() - dueMs);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: pushing.connections }, pusher));
  return { ...resultOf(count), seconds: (performance.now() - startedMs) / 1_000, arrivals };
}

/** Pushes are due at the rate; each takes a connection that is free, or waits for one. Resolves once all are answered or given up. */
export async function pushAtRate(pushing: Pushing, rate: number): Promise<Pushed> {
  const head = headOf(pushing);
  const count = new Count();
  const all = Array.from({ length: pushing.connections }, () => new PushConnection(pushing.url));
  const free = [...all];
  const startedMs = performance.now();
  const total = Math.floor(rate * pushing.seconds);
  const dueMs = (arrival: number) => startedMs + (arrival * 1_000) / rate;
  let [answered, begun] = [0, 0];
  const begin = (connection: PushConnection, sinceMs: number) => {
    begun += 1;
    void connection.send(head, pushing.body).then((answer) => {
      answered += 1;
      const answeredMs = performance.now();
      const ms = answeredMs - sinceMs;
      if (answer?.status === 200 && ms <= DEADLINE_MS && answeredMs <= startedMs + pushing.seconds * 1_000)
        count.takenMeanwhile += 1;
      if (ms > DEADLINE_MS) count.givenUp += 1;
      // What was taken counts, whether or not its sender still waited.
      if (ms <= DEADLINE_MS || answer?.status === 200) count.add(answer, ms);
      free.push(connection);
    });
  };
  for (let next = 0; next < total || answered < begun; ) {
    const nowMs = performance.now();
    if (nowMs > startedMs + pushing.seconds * 1_000 + DRAIN_MS_MAX) for (const each of all) each.close();
    for (; next < total && dueMs(next) < nowMs - CONNECT_MS_MAX; next++) count.givenUp += 1;
    for (; next < total && dueMs(next) <= nowMs && free.length > 0; next++)
      begin(free.pop() as PushConnection, dueMs(next));
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  for (const connection of all) connection.close();
  const seconds = (performance.now() - startedMs) / 1_000;
  return { ...resultOf(count), seconds: Math.max(pushing.seconds, seconds), arrivals: total };
}

function resultOf({ takenMs, takenMeanwhile, others, accepted, refused, givenUp, cut }: Count) {
  return { takenMs, takenMeanwhile, others, accepted, refused, givenUp, cut };
}
