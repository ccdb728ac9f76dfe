import { codeOf, messageOf, WharfError } from '../base/errors.ts';
import '../kit/errors.ts';

const NO_ROOM: readonly (string | undefined)[] = ['ENOSPC', 'EDQUOT'];
const DENIED: readonly (string | undefined)[] = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EISDIR'];
const PASSING: readonly (string | undefined)[] = [
  'EBUSY',
  'EIO',
  'EMFILE',
  'ENFILE',
  'ETXTBSY',
  'ESTALE',
  'ETIMEDOUT',
];

/** What a file system said of a delivery's place, in our words; what it did not say stays as it is. */
export function folderError(thrown: unknown, place: string): unknown {
  if (thrown instanceof WharfError) return thrown;
  const code = codeOf(thrown);
  if (NO_ROOM.includes(code))
    return new WharfError('DELIVERY_NO_ROOM', `There is no room left at "${place}" (${code}).`, {
      hint: 'Make room there; it is tried again by itself. What was delivered before is still there.',
      cause: thrown,
    });
  if (DENIED.includes(code))
    return new WharfError('DELIVERY_REFUSED', `"${place}" cannot be written: ${messageOf(thrown)}.`, {
      hint: 'Let the user that runs Wharf write there, and close the file where somebody has it open.',
      cause: thrown,
    });
  if (!PASSING.includes(code)) return thrown;
  return new WharfError('DELIVERY_UNREACHABLE', `"${place}" cannot be written now: ${messageOf(thrown)}.`, {
    hint: 'It is tried again by itself.',
    cause: thrown,
  });
}
