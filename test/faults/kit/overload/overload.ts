/**
 * More than it can take: many who push at once, bodies that never end, readers that do not read, headers that do not come. What is refused is
 * refused by 429 or 503 with `Retry-After`; what was acknowledged is there, once; memory stays in its bounds; all else goes on.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { processTreeRss } from '../../../../bench/support/memory.ts';
import { itemsSpec } from '../../../support/mesh-folder.ts';
import { WharfProcess } from '../../../support/wharf-process.ts';
import {
  type Bound,
  brokenBounds,
  type Experiment,
  type ExperimentOptions,
  type Form,
  type Report,
} from '../experiment.ts';
import { RawSocket } from '../raw-socket.ts';
import { ownProcessors } from './own-processors.ts';
import { type Load, PRODUCT, sustainedLoad } from './sustained-load.ts';

interface Extent {
  readonly slowReaders: number;
  readonly slowHeaders: number;
  readonly endlessBodies: number;
}

const SHORT: Extent = { slowReaders: 20, slowHeaders: 40, endlessBodies: 6 };
const LONG: Extent = { slowReaders: 600, slowHeaders: 1_388, endlessBodies: 12 };
const CROWD = 30;
const CROWD_PUSHES_EACH = 2;
const RECORDS = 100;
/** So many bodies of this size are more than may be kept together. */
const ENDLESS_BYTES = 30 * 1024 * 1024;
/** Beyond what it takes at rest: bodies (128 MB), what is made of them, and buffers of connections. */
const MEMORY_BYTES_MAX = 1_000_000_000;
const SPEC = itemsSpec(
  'inputs:\n  source: { from: push }\nkey: none\nfields:\n  n: { type: integer, required: true }\n  text: string\n',
);

export const overload: Experiment = {
  name: 'overload',
  promises: ['P1', 'P10'],
  doc: 'Many push at once, bodies never end, readers do not read, headers do not come.',
  run,
};

async function run({ folder, form, tell }: ExperimentOptions): Promise<Report> {
  const mesh = path.join(folder, 'mesh');
  mkdirSync(mesh);
  writeFileSync(path.join(mesh, 'mesh.yaml'), 'mesh: test\n');
  writeFileSync(path.join(mesh, 'items.product.yaml'), SPEC);
  const own = form === 'long' ? ownProcessors() : undefined;
  if (form === 'long' && !own)
    return { figures: {}, findings: [], skipped: 'it needs taskset (util-linux) and two processors' };
  const wharf = await WharfProcess.start({ mesh, data: path.join(folder, 'data'), ...own });
  try {
    return await overloaded(wharf, form, tell);
  } finally {
    own?.release();
    await wharf.kill();
  }
}

async function overloaded(wharf: WharfProcess, form: Form, tell: ExperimentOptions['tell']): Promise<Report> {
  const extent = form === 'long' ? LONG : SHORT;
  const restBytes = processTreeRss(wharf.pid);
  const slow = await slowSockets(wharf.url, extent);
  const load = form === 'long' ? await sustainedLoad(wharf, pushBody(0), tell) : await crowd(wharf.url);
  const endless = await endlessBodies(wharf.url, extent.endlessBodies);
  const findings = [...load.findings, ...(await badRefusals(endless))];
  const beside = await pushOnce(wharf.url, -1);
  if (beside.finding) findings.push(beside.finding);
  const mostBytes = processTreeRss(wharf.pid) - restBytes;
  for (const socket of [...slow, ...endless]) socket.close();
  const last = await pushOnce(wharf.url, -2);
  if (last.status !== 200) findings.push(`once all were gone, a push was answered by ${last.status}`);
  const acknowledged = load.accepted + beside.accepted + last.accepted;
  const { count } = await wharf.get<{ count: number }>(`${PRODUCT}/rows?limit=1&count=exact`);
  if (count < acknowledged || count > acknowledged + load.unknown)
    findings.push(`${acknowledged} records were acknowledged, and ${count} are there`);
  const bounds: Bound[] = [
    ...load.bounds,
    {
      what: 'memory beyond that at rest',
      value: Math.round(mostBytes / 1e6),
      unit: 'MB',
      atMost: MEMORY_BYTES_MAX / 1e6,
    },
  ];
  const figures = {
    'slow connections': slow.length,
    'endless bodies': endless.length,
    'endless bodies refused': endless.filter(({ received }) => received.includes(' 503 ')).length,
    ...load.figures,
  };
  return { figures, bounds, findings: [...findings, ...brokenBounds(bounds)] };
}

/** A few at once, each a few times. */
async function crowd(url: string): Promise<Load> {
  const pusher = async (number: number): Promise<readonly PushAnswer[]> => {
    const answers: PushAnswer[] = [];
    for (let i = 0; i < CROWD_PUSHES_EACH; i++) answers.push(await pushOnce(url, number * 1_000 + i));
    return answers;
  };
  const answers = (await Promise.all(Array.from({ length: CROWD }, (_, i) => pusher(i + 1)))).flat();
  const taken = answers.filter(({ status }) => status === 200).length;
  return {
    accepted: answers.reduce((sum, answer) => sum + answer.accepted, 0),
    unknown: 0,
    figures: { 'pushes taken': taken, 'pushes refused': answers.length - taken },
    bounds: [],
    findings: answers.flatMap(({ finding }) => finding ?? []),
  };
}

interface PushAnswer {
  readonly status: number;
  readonly accepted: number;
  readonly finding?: string;
}

function pushBody(number: number): string {
  const record = (i: number) => `{"n":${number * RECORDS + i},"text":"${'x'.repeat(200)}"}`;
  return Array.from({ length: RECORDS }, (_, i) => record(i)).join('\n');
}

async function pushOnce(url: string, number: number): Promise<PushAnswer> {
  const response = await fetch(`${url}${PRODUCT}/inputs/source`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson' },
    body: pushBody(number),
  });
  const text = await response.text();
  if (response.status === 200)
    return { status: 200, accepted: (JSON.parse(text) as { accepted: number }).accepted };
  const isRefusal = [429, 503].includes(response.status) && response.headers.has('Retry-After');
  const finding = `a push was answered by ${response.status}: ${text.slice(0, 300)}`;
  return { status: response.status, accepted: 0, ...(isRefusal ? {} : { finding }) };
}

/** Readers of the whole stream that take nothing of it, and requests whose headers do not end. */
async function slowSockets(url: string, { slowReaders, slowHeaders }: Extent): Promise<RawSocket[]> {
  const sockets: RawSocket[] = [];
  const one = async (i: number) => {
    const socket = await RawSocket.open(url);
    sockets.push(socket);
    if (i >= slowReaders) return socket.send('GET / HTTP/1.1\r\nX-Slow: ');
    socket.stopReading();
    return socket.send(`GET ${PRODUCT}/stream?from=earliest HTTP/1.1\r\nHost: ${new URL(url).host}\r\n\r\n`);
  };
  for (let first = 0; first < slowReaders + slowHeaders; first += OPENED_AT_ONCE) {
    const count = Math.min(OPENED_AT_ONCE, slowReaders + slowHeaders - first);
    await Promise.all(Array.from({ length: count }, (_, i) => one(first + i)));
  }
  return sockets;
}

/** Pushes of which nearly all is sent, and never the end. */
async function endlessBodies(url: string, count: number): Promise<RawSocket[]> {
  const head = `POST ${PRODUCT}/inputs/source HTTP/1.1\r\nHost: ${new URL(url).host}\r\nContent-Type: application/x-ndjson\r\nContent-Length: ${ENDLESS_BYTES + 1}\r\n\r\n`;
  const body = Buffer.alloc(ENDLESS_BYTES, 0x20);
  const sockets = await Promise.all(Array.from({ length: count }, () => RawSocket.open(url)));
  for (const socket of sockets) {
    await socket.send(head);
    await socket.send(body);
  }
  return sockets;
}

/** Some find no room, and are told so: nobody else is. */
async function badRefusals(sockets: readonly RawSocket[]): Promise<string[]> {
  const answers = () => sockets.map(({ received }) => received).filter((text) => text !== '');
  // What was sent has been taken, so the answers are on their way.
  for (let i = 0; i < ANSWER_LOOKS_MAX && answers().length === 0; i++)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  if (answers().length === 0)
    return [`${sockets.length} bodies of ${ENDLESS_BYTES} bytes were kept together, and none was refused`];
  return answers()
    .filter((text) => !isTooLate(text))
    .filter(
      (text) =>
        !/^HTTP\/1\.1 503 /.test(text) || !/^Retry-After: /im.test(text) || !text.includes('PUSH_BUSY'),
    )
    .map((text) => `a body that never ends was answered by: ${text.slice(0, 300)}`);
}

/** On a slow machine the time for a whole request may be over first. */
function isTooLate(answer: string): boolean {
  return answer.startsWith('HTTP/1.1 408 ');
}

const OPENED_AT_ONCE = 100;
const LOOK_MS = 100;
const ANSWER_LOOKS_MAX = 1_200;
