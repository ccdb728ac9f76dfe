import { setTimeout as rest } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';

/** Far longer than V8 takes for one function. */
const REST_MS = 100;

/**
 * Ends a thread once it has rested; one that is at work rests only if its work ends by then.
 *
 * Node 20 takes a thread away from its platform before V8 has stopped compiling the thread's code in the background. Where a compilation asks
 * for a garbage collection in between, the whole process is aborted (`NodePlatform::ForIsolate`, "Assertion failed: (data.first) != nullptr").
 * Code that has just become hot is compiled in the moment after the work, so a thread that is ended right then is the one in danger.
 */
export async function endThread(worker: Worker): Promise<void> {
  await rest(REST_MS);
  await worker.terminate();
}
