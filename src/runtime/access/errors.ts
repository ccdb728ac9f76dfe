import { defineErrors } from '../../base/errors.ts';

export const accessErrors = defineErrors('runtime/access', {
  ACCESS_INVALID: { doc: 'An access rule has a condition or a mask that cannot be held.', status: 500 },
  ACCESS_OWNER_ONLY: {
    doc: 'A product says of nobody that they may use it, and its mesh has no default: only its owner may.',
    status: 500,
  },
  ACCESS_REVEALS: {
    doc: 'A product shows to some of its readers what they may not read in one of its inputs, whose owner has not said that this is meant.',
    status: 500,
  },
  UNAUTHENTICATED: {
    doc: 'A token is not one of this mesh, was revoked or has expired; or none was given where one is needed.',
    status: 401,
  },
  TOKEN_UNKNOWN: { doc: 'There is no token with this id.', status: 404 },
  TOKEN_ENDED: { doc: 'A token was revoked or has ended already.', status: 409 },
  TOKENS_FULL: { doc: 'More tokens would be kept than may be.', status: 429 },
  TOKENS_UNREADABLE: { doc: 'The tokens of the data folder cannot be read.', status: 500 },
});
