import { codeOf, messageOf } from '../base/errors.ts';
import { sqlProblemOf } from '../engine/failure-error.ts';

/** What says that a check itself cannot be run; anything else is trouble of the platform, and the whole run is tried again. */
const BROKEN = new Set([
  'ENGINE_SQL',
  'ENGINE_DEADLINE',
  'ENGINE_MEMORY',
  'ENGINE_ANSWER_TOO_LARGE',
  'CHECK_INVALID',
]);

export type Attempt<T> = { readonly value: T } | { readonly broken: string };

/** Runs it, and turns what is the check's own fault into the reason. */
export async function attempt<T>(run: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await run() };
  } catch (thrown) {
    if (!BROKEN.has(codeOf(thrown) ?? '')) throw thrown;
    const message = sqlProblemOf(thrown)?.message ?? messageOf(thrown);
    return { broken: message.split('\n')[0] ?? message };
  }
}
