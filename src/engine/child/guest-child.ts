/**
 * The process in which one consumer's statement runs at a time. It answers the messages of the process that started it, and ends
 * with it.
 */
import { mkdir } from 'node:fs/promises';
import { closeInheritedFiles } from '../../base/close-inherited.ts';
import type {
  GuestAnswer,
  GuestPage,
  GuestReply,
  GuestRequest,
  GuestSettings,
  GuestStarted,
  GuestTask,
} from '../guest-messages.ts';
import { GuestDatabases } from './guest-databases.ts';
import { GuestStatement } from './guest-statement.ts';
import { PageBuffer } from './page-buffer.ts';
import { readFailure } from './read-failure.ts';

closeInheritedFiles();

let databases: GuestDatabases | undefined;
let statement: GuestStatement | undefined;
let interrupted = false;
/** A page is sent before the next one is begun. */
const pages = new PageBuffer();

function endNow(): void {
  process.kill(process.pid, 'SIGKILL');
}

function reply(message: GuestReply): void {
  process.send?.(message, undefined, undefined, (error) => {
    if (error) endNow();
  });
}

async function open(settings: GuestSettings): Promise<void> {
  process.title = 'wharf-guest';
  await mkdir(settings.spillFolder, { recursive: true, mode: 0o700 });
  databases = new GuestDatabases(settings);
  await databases.warmUp();
  reply({ kind: 'ready' });
  databases.prepareNext();
}

async function answer(opened: GuestDatabases, task: GuestTask): Promise<GuestAnswer> {
  switch (task.kind) {
    case 'parse':
      return opened.parse(task.sql);
    case 'describe':
      return (await opened.prepare(task.query)).description;
    case 'start': {
      statement = new GuestStatement(await opened.prepare(task.query), {
        isInterrupted: () => interrupted,
        interrupt: () => opened.interrupt(),
        pages,
        answerFile: opened.answerFile,
        answerBytesMax: opened.spillBytesMax,
      });
      return letGo(await statement.start(task.params, task.format, task.rowsMax));
    }
    case 'fetch':
      if (!statement) throw new Error('Invariant broken: a page of no statement was asked for');
      return letGo(await statement.page(task.rowsMax));
    case 'end':
      await endStatement();
      return undefined;
  }
}

/** A statement that has given its last page ends with it. */
async function letGo<T extends GuestStarted | GuestPage>(answer: T): Promise<T> {
  const page: GuestPage = 'page' in answer ? answer.page : answer;
  if (page.done) await endStatement();
  return answer;
}

async function endStatement(): Promise<void> {
  const ended = statement;
  statement = undefined;
  await ended?.end();
}

async function work(id: number, task: GuestTask): Promise<void> {
  if (!databases) throw new Error('Invariant broken: a task came before the guest was opened');
  interrupted = false;
  try {
    reply({ kind: 'answer', id, answer: await answer(databases, task) });
    databases.prepareNext();
  } catch (thrown) {
    await endStatement();
    // Places in a rewritten statement are none of the one that was sent.
    const sent = 'query' in task && task.query.tree === undefined ? task.query.sql : undefined;
    const failure = readFailure(thrown, sent);
    reply({ kind: 'failure', id, failure });
    if (failure.fatal) endNow();
  }
}

function handle(request: GuestRequest): void {
  if (request.kind === 'open') void open(request.settings);
  else if (request.kind === 'task') void work(request.id, request.task);
  else {
    interrupted = true;
    databases?.interrupt();
  }
}

process.on('message', handle);
process.on('disconnect', endNow);
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
