import type { Problem } from './constraints.ts';

/** Text that no column can hold, and no port can give back. */
export function textProblem(text: string): Problem | undefined {
  if (text.includes('\u0000'))
    return { code: 'TEXT_NUL', message: 'The text holds the character NUL (U+0000).' };
  if (!text.isWellFormed())
    return {
      code: 'TEXT_LONE_SURROGATE',
      message: 'The text holds half of a surrogate pair, which is no character.',
    };
  return undefined;
}
