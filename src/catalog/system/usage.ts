/** The built-in product `system.usage`: who reads what, by day and port. Records are what was added; they sum up by their key. */
import { builtInProduct } from './built-in-product.ts';

export const usageProduct = builtInProduct({
  name: 'usage',
  purpose: 'Who reads which product, through which port, and how much.',
  historyMs: 400 * 86_400_000,
  datasets: [
    {
      name: 'usage',
      key: ['day', 'product', 'port', 'consumer'],
      fields: [
        { name: 'day', type: 'date', required: true, doc: 'The day, UTC.' },
        {
          name: 'product',
          type: 'string',
          required: true,
          doc: 'The product version, as domain.name@major.',
        },
        { name: 'port', type: 'string', required: true },
        { name: 'consumer', type: 'string', required: true, doc: 'Who read; anyone when nobody signed in.' },
        {
          name: 'reads',
          type: 'integer',
          required: true,
          reduce: 'sum',
          doc: 'Pages, files, statements and subscriptions.',
        },
        {
          name: 'rows',
          type: 'integer',
          required: true,
          reduce: 'sum',
          doc: 'Rows that were given; of files and statements that run on, those that were counted.',
        },
        { name: 'last_at', type: 'timestamp', required: true, reduce: 'max', doc: 'When it was read last.' },
      ],
    },
  ],
});
