/**
 * The process that DuckDB runs in. It answers the messages of the process that started it, and ends with it: when the
 * channel closes, nobody is left to answer to.
 */
import { closeInheritedFiles } from '../../base/close-inherited.ts';
import { messageOf } from '../../base/errors.ts';
import type { EngineReply, EngineRequest, EngineTask } from '../messages.ts';
import { Databases } from './databases.ts';
import { RunningTask } from './run-task.ts';

closeInheritedFiles();

let databases: Databases | undefined;
const running = new Map<number, RunningTask>();

/** `process.exit` would wait for running statements. */
function endNow(): void {
  process.kill(process.pid, 'SIGKILL');
}

function reply(message: EngineReply, sent?: () => void): void {
  process.send?.(message, undefined, undefined, (error) => {
    if (error) endNow();
    sent?.();
  });
}

async function open(request: Extract<EngineRequest, { kind: 'open' }>): Promise<void> {
  process.title = `wharf-engine-${request.settings.role}`;
  databases = new Databases(request.settings);
  try {
    await databases.opened();
    reply({ kind: 'ready' });
  } catch (error) {
    reply({ kind: 'unopened', message: messageOf(error) }, endNow);
  }
}

async function work(id: number, task: EngineTask): Promise<void> {
  if (!databases) throw new Error('Invariant broken: a task came before the database was opened');
  const started = new RunningTask();
  running.set(id, started);
  const outcome = await databases.run(started, task, (progress) => reply({ kind: 'progress', id, progress }));
  running.delete(id);
  if ('answer' in outcome) return reply({ kind: 'answer', id, answer: outcome.answer });
  const { failure } = outcome;
  reply({ kind: 'failure', id, failure }, failure.fatal ? endNow : undefined);
}

function handle(request: EngineRequest): void {
  switch (request.kind) {
    case 'open':
      void open(request);
      return;
    case 'task':
      void work(request.id, request.task);
      return;
    case 'interrupt':
      running.get(request.id)?.interrupt();
      return;
    case 'rss':
      reply({ kind: 'rss', id: request.id, bytes: process.memoryUsage.rss() });
  }
}

process.on('message', handle);
process.on('disconnect', endNow);
// A terminal's Ctrl-C goes to the whole process group; the starter still needs its engine to shut down in order.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
