import './errors.ts';
import { WharfError } from '../../base/errors.ts';

/** One answer for a token that never was, was revoked, or has ended. */
export function invalidToken(): WharfError {
  return new WharfError('UNAUTHENTICATED', 'The token is wrong, was revoked or has ended.', {
    hint: 'Ask whoever runs this mesh for another one: wharf token create',
    details: { sqlState: '28000' },
  });
}
