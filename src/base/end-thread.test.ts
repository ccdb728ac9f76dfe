import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { endThread } from './end-thread.ts';

const TALKS = `const { parentPort } = require('node:worker_threads');
parentPort.on('message', (ms) => { const until = Date.now() + ms; while (Date.now() < until); parentPort.postMessage('done'); });`;

test('what a thread is at when it is to end is heard of', async () => {
  const worker = new Worker(TALKS, { eval: true });
  await once(worker, 'online');
  const said = once(worker, 'message');
  worker.postMessage(10);
  const exit = once(worker, 'exit');
  await endThread(worker);
  await exit;
  expect(await said).toEqual(['done']);
});

test('a thread that never rests is ended all the same, and one that has ended is no error', async () => {
  const worker = new Worker(TALKS, { eval: true });
  await once(worker, 'online');
  worker.postMessage(600_000);
  const exit = once(worker, 'exit');
  await endThread(worker);
  await exit;
  await endThread(worker);
  expect(worker.threadId).toBe(-1);
});
