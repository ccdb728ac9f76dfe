/** The validation thread: one slice after the other, and word of which one it is at, so that it can be timed from outside. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../base/errors.ts';
import type { Slice, SliceVerdict } from '../../schema/slice.ts';
import { createSliceValidator } from '../../schema/slice-validator.ts';
import { type FromWorker, type ToWorker, WORKING_ON, WORKING_SINCE, wrappedMs } from './messages.ts';

const port = parentPort;
if (!port) throw new Error('Invariant broken: the validation worker runs as a thread');

const shared = new Int32Array(workerData as SharedArrayBuffer);
const contracts = new Map<number, (slice: Slice) => SliceVerdict>();

function work(job: number, contract: number, slice: Slice): FromWorker {
  const validate = contracts.get(contract);
  if (!validate) return { kind: 'failed', job, message: `contract ${contract} was not declared` };
  Atomics.store(shared, WORKING_SINCE, wrappedMs());
  Atomics.store(shared, WORKING_ON, job);
  try {
    return answer(job, slice, validate(slice));
  } catch (thrown) {
    return { kind: 'failed', job, message: messageOf(thrown) };
  } finally {
    Atomics.store(shared, WORKING_ON, 0);
  }
}

function answer(job: number, { bytes }: Slice, verdict: SliceVerdict): FromWorker {
  const { accepted, ...others } = verdict;
  if (accepted.buffer !== bytes.buffer) return { kind: 'verdict', job, verdict };
  const from = accepted.byteOffset - bytes.byteOffset;
  return { kind: 'as-sent', job, from, to: from + accepted.byteLength, verdict: others };
}

port.on('message', (message: ToWorker) => {
  if (message.kind === 'contract') {
    contracts.set(message.contract, createSliceValidator(message.dataset, { op: message.op }));
    return;
  }
  const found = work(message.job, message.contract, message.slice);
  const bytes = found.kind === 'verdict' ? found.verdict.accepted : undefined;
  const own = bytes && bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength;
  port.postMessage(found, own ? [bytes.buffer as ArrayBuffer] : []);
});
