import { defineErrors } from '../../base/errors.ts';

export const qualityRuntimeErrors = defineErrors('runtime/quality', {
  CHECKS_FAILED: {
    doc: 'Checks of severity error fail; with a gate, what they look at is held back.',
    status: 409,
  },
  GATE_NOT_HELD: { doc: 'A release was asked for, and nothing is held back.', status: 409 },
  ALERT_VARIABLE: {
    doc: 'An alert names an environment variable that is not set, or holds no URL.',
    status: 500,
  },
  RELEASE_REASON: { doc: 'A release was asked for without a reason.', status: 400 },
});
