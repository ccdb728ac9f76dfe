/** The built-in product `system.agreements`: what consumers asked for, what owners answered, and how long it holds. */
import type { Field } from '../../schema/field.ts';
import { builtInProduct } from './built-in-product.ts';

export const AGREEMENT_STATUSES = ['requested', 'approved', 'refused', 'ended'] as const;
export type AgreementStatus = (typeof AGREEMENT_STATUSES)[number];

const texts: Field = { name: 'items', type: 'string' };

export const agreementsProduct = builtInProduct({
  name: 'agreements',
  purpose: 'Requests to use products, and the agreements that came of them.',
  guarded: true,
  datasets: [
    {
      name: 'agreements',
      key: ['id'],
      fields: [
        { name: 'id', type: 'string', required: true },
        {
          name: 'product',
          type: 'string',
          required: true,
          doc: 'The product version, as domain.name@major.',
        },
        {
          name: 'consumer',
          type: 'string',
          required: true,
          doc: 'Who asks, such as user:ana or team:planning.',
        },
        { name: 'contact', type: 'string', doc: 'The address that the consumer is told at.' },
        { name: 'status', type: 'string', enum: [...AGREEMENT_STATUSES], required: true },
        {
          name: 'ports',
          type: 'array',
          items: texts,
          required: true,
          doc: 'The ports that it is for; all when empty.',
        },
        {
          name: 'fields',
          type: 'array',
          items: texts,
          required: true,
          doc: 'The fields that it is for; all when empty.',
        },
        { name: 'purpose', type: 'string', required: true, doc: 'What the data is used for.' },
        { name: 'until', type: 'date', required: true, doc: 'The last day, UTC.' },
        { name: 'requested_at', type: 'timestamp', required: true },
        { name: 'decided_at', type: 'timestamp' },
        { name: 'decided_by', type: 'string' },
        { name: 'reason', type: 'string', doc: 'Why it was refused, granted in part, or ended.' },
        { name: 'ended_at', type: 'timestamp' },
      ],
    },
  ],
});
