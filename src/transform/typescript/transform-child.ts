/**
 * The process in which a product's TypeScript runs: no files, no processes, no network as far as Node can be told, a bounded heap. The
 * author's code is evaluated in a context that has nothing but the language, and is stopped when one record takes too long.
 */
import vm from 'node:vm';
import { codeOf } from '../../base/errors.ts';
import type { Guest } from './guest/guest.ts';
import type { TransformReply, TransformRequest } from './messages.ts';

type Open = Extract<TransformRequest, { kind: 'open' }>;

let context: vm.Context | undefined;
let guest: Guest | undefined;
let recordMs = 0;

const STEP = new vm.Script('wharfGuest.guest.step()');

function open(request: Open): TransformReply {
  recordMs = request.recordMs;
  context = vm.createContext(Object.create(null), {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: 'afterEvaluate',
  });
  new vm.Script(request.guest, { filename: 'wharf:guest' }).runInContext(context);
  guest = new vm.Script('wharfGuest.guest').runInContext(context) as Guest;
  try {
    const wrapped = `(function (module, exports, require) {${request.code}\n})`;
    const evaluate = new vm.Script(wrapped, { filename: request.file }).runInContext(context);
    const load = new vm.Script('(guest, ...given) => guest.load(...given)').runInContext(context);
    const answer = JSON.parse(load(guest, JSON.stringify(request.setup), request.file, evaluate));
    return 'functions' in answer ? { kind: 'opened', ...answer } : { kind: 'refused', ...answer };
  } catch (thrown) {
    return { kind: 'refused', message: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

function run(input: string, records: readonly string[]): TransformReply {
  if (!guest || !context) throw new Error('Invariant broken: a transform is opened before it runs');
  guest.begin(input, JSON.stringify(records));
  for (let done = false; !done; ) {
    try {
      done = STEP.runInContext(context, { timeout: recordMs }) as boolean;
    } catch (thrown) {
      if (codeOf(thrown) !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw thrown;
      guest.giveUp();
    }
  }
  return { kind: 'ran', outcomes: JSON.parse(guest.end()) };
}

function answer(request: TransformRequest): TransformReply | undefined {
  switch (request.kind) {
    case 'open':
      return open(request);
    case 'know':
      guest?.know(JSON.stringify(request.rows));
      return undefined;
    case 'forget':
      guest?.forget();
      return undefined;
    case 'run':
      return run(request.input, request.records);
  }
}

process.on('message', (request: TransformRequest) => {
  const reply = answer(request);
  if (reply) process.send?.(reply);
});
process.on('disconnect', () => process.exit());
