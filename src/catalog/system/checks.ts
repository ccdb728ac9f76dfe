/** The built-in product `system.checks`: what each check of each product found, and how often it changed its mind. */
import { builtInProduct } from './built-in-product.ts';

export const CHECK_STATUSES = ['passed', 'failed', 'broken', 'released'] as const;

export const checksProduct = builtInProduct({
  name: 'checks',
  purpose: 'What each check of each product found, and when.',
  historyMs: 90 * 86_400_000,
  datasets: [
    {
      name: 'checks',
      key: ['product', 'check'],
      fields: [
        {
          name: 'product',
          type: 'string',
          required: true,
          doc: 'The product version, as domain.name@major.',
        },
        {
          name: 'check',
          type: 'string',
          required: true,
          doc: 'The check; "gate" where somebody let a held position through.',
        },
        { name: 'dataset', type: 'string', required: true },
        { name: 'kind', type: 'string', required: true },
        { name: 'severity', type: 'string', enum: ['error', 'warning'], required: true },
        { name: 'owner', type: 'string', required: true, doc: 'The owner of the product.' },
        { name: 'doc', type: 'string', required: true, doc: 'What must hold.' },
        {
          name: 'status',
          type: 'string',
          enum: [...CHECK_STATUSES],
          required: true,
          doc: 'broken: it could not be run, which counts as failed; released: somebody let a failed position through.',
        },
        {
          name: 'position',
          type: 'integer',
          required: true,
          doc: 'The position of the product that was checked.',
        },
        { name: 'checked_at', type: 'timestamp', required: true },
        { name: 'measured', type: 'string', doc: 'The figure that was found; null when there is none.' },
        { name: 'threshold', type: 'string', required: true },
        { name: 'failing', type: 'integer', doc: 'Rows that do not hold.' },
        { name: 'message', type: 'string', required: true },
        {
          name: 'samples',
          type: 'array',
          items: { name: 'items', type: 'string' },
          required: true,
          doc: 'A few failing rows, as JSON.',
        },
        { name: 'duration_ms', type: 'number', required: true },
      ],
    },
  ],
});
