/** The built-in product `system.slo`: what each product promised of its service, and what was measured. */
import { builtInProduct } from './built-in-product.ts';

export const sloProduct = builtInProduct({
  name: 'slo',
  purpose: 'What each product promises of its service, and what was measured.',
  historyMs: 400 * 86_400_000,
  datasets: [
    {
      name: 'slo',
      key: ['product', 'objective'],
      fields: [
        {
          name: 'product',
          type: 'string',
          required: true,
          doc: 'The product version, as domain.name@major.',
        },
        {
          name: 'objective',
          type: 'string',
          enum: ['freshness', 'completeness', 'availability', 'latency', 'delivery_lag'],
          required: true,
        },
        { name: 'owner', type: 'string', required: true },
        { name: 'measured_at', type: 'timestamp', required: true },
        {
          name: 'promised',
          type: 'number',
          doc: 'A share from 0 to 1; for freshness and delivery lag the longest time, in milliseconds.',
        },
        {
          name: 'within_ms',
          type: 'number',
          doc: 'Of latency: the time that the share is of, in milliseconds.',
        },
        {
          name: 'measured',
          type: 'number',
          doc: 'The share of the window that was good; null while nothing was counted.',
        },
        { name: 'good', type: 'integer', required: true },
        { name: 'total', type: 'integer', required: true },
        {
          name: 'met',
          type: 'boolean',
          doc: 'Whether the promise is kept; null when nothing is promised or known.',
        },
        {
          name: 'budget_left',
          type: 'number',
          doc: 'The share of the error budget that is left; below 0 when it is overdrawn.',
        },
      ],
    },
  ],
});
