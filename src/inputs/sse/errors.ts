import { defineErrors } from '../../base/errors.ts';

export const sseErrors = defineErrors('inputs/sse', {
  SSE_NOT_A_STREAM: { doc: 'An address gives something other than server-sent events.', status: 502 },
  SSE_ENDED: { doc: 'A stream of server-sent events says that it has ended for good.', status: 502 },
  SSE_BROKEN_OFF: { doc: 'A stream of server-sent events ended, as they do at times.', retryable: true },
  SSE_OPTIONS_INVALID: {
    doc: 'An option of an input of server-sent events has a value that it cannot have.',
    status: 400,
  },
  SSE_CURSOR_INVALID: { doc: 'The durable cursor of an sse input is not one that this version wrote.' },
});
