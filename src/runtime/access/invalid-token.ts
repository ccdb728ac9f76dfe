import './errors.ts';
import { WharfError } from '../../base/errors.ts';

export function tokenNeeded(): WharfError {
  return new WharfError('UNAUTHENTICATED', 'A token is needed for everything here.', {
    hint: 'Send it as "Authorization: Bearer ...". Whoever runs this mesh gives one: wharf token create',
    details: { sqlState: '28000' },
  });
}

/** One answer for a token that never was, was revoked, or has ended. */
export function invalidToken(): WharfError {
  return new WharfError('UNAUTHENTICATED', 'The token is wrong, was revoked or has ended.', {
    hint: 'Ask whoever runs this mesh for another one: wharf token create',
    details: { sqlState: '28000' },
  });
}
