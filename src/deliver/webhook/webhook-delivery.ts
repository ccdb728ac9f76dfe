/** The destination `webhook`: records as CloudEvents, posted to an address. */
import { present } from '../../base/assert.ts';
import { parseDuration } from '../../base/duration.ts';
import { defineDelivery } from '../../kit/delivery.ts';
import { webTarget } from '../../kit/web/web-target.ts';
import { WebhookDestination } from './webhook-destination.ts';

export const webhookDelivery = defineDelivery({
  name: 'webhook',
  doc: 'Batches of CloudEvents 1.0, posted to an address and signed as Standard Webhooks has it. At least once: `Idempotency-Key` is the position of the last record.',
  guarantee: 'at-least-once',
  options: [
    {
      name: 'url',
      type: 'string',
      required: true,
      doc: 'Where batches are posted to; relative to the address of the connection where one is named.',
      example: 'https://example.com/departures',
    },
    {
      name: 'connection',
      type: 'string',
      connectionName: true,
      connectionTypes: ['http'],
      doc: 'A connection of mesh.yaml: credentials, and whether private addresses may be reached.',
    },
    {
      name: 'headers',
      type: 'json',
      headers: true,
      doc: 'Further headers, as a map.',
      example: '{ X-Team: planning }',
    },
    {
      name: 'secret',
      type: 'string',
      secret: true,
      doc: 'What batches are signed with; not signed when left out.',
    },
    {
      name: 'mode',
      type: 'string',
      enum: ['state', 'changes'],
      default: 'state',
      doc: 'The newest of each key (`state`), or every journaled record (`changes`).',
    },
    {
      name: 'from',
      type: 'string',
      enum: ['beginning', 'now'],
      default: 'beginning',
      doc: 'Whether what was there before the delivery is sent too.',
    },
    {
      name: 'batch',
      type: 'integer',
      min: '1',
      max: '1000',
      default: '100',
      doc: 'Events of one request, at most.',
    },
    {
      name: 'give_up',
      type: 'string',
      pattern: '^[0-9]+(ms|s|m|h|d|w)$',
      default: '24h',
      doc: 'An address that took nothing for so long pauses the delivery, with its position kept.',
    },
  ],
  async open(context) {
    const { options, connection, reveal } = context;
    const { url, headers, secret } = options;
    return new WebhookDestination({
      context,
      target: webTarget({ url: String(url), headers, connection, reveal }),
      secret: secret === undefined ? undefined : reveal(String(secret)),
      batchEvents: Number(options.batch),
      giveUpMs: present(parseDuration(String(options.give_up)), 'a checked duration is one'),
      fromBeginning: options.from === 'beginning',
    });
  },
});
