/** The built-in product `system.audit`: who read what of guarded products, and who changed what; each entry holds the hash of the one before. */
import { builtInProduct } from './built-in-product.ts';

export const auditProduct = builtInProduct({
  name: 'audit',
  purpose: 'Who read what of guarded products, and who changed what.',
  guarded: true,
  datasets: [
    {
      name: 'audit',
      key: ['number'],
      fields: [
        { name: 'number', type: 'integer', required: true, doc: 'Of the entry, from 1, without gaps.' },
        { name: 'at', type: 'timestamp', required: true },
        { name: 'principal', type: 'string', required: true, doc: 'Who did it.' },
        {
          name: 'action',
          type: 'string',
          required: true,
          doc: 'read, or what was changed: release, approve, ...',
        },
        {
          name: 'product',
          type: 'string',
          required: true,
          doc: 'The product version, as domain.name@major.',
        },
        { name: 'port', type: 'string', doc: 'The port that was read through; null for changes.' },
        { name: 'position', type: 'integer', doc: 'The position that was read at, or that a change led to.' },
        {
          name: 'purpose',
          type: 'string',
          doc: 'What for, as the principal said; null when nothing was said.',
        },
        {
          name: 'rows',
          type: 'integer',
          doc: 'Rows that were given; null where they are not counted, as in files.',
        },
        { name: 'detail', type: 'string', doc: 'What a change was about.' },
        { name: 'previous', type: 'string', required: true, doc: 'The hash of the entry before.' },
        { name: 'hash', type: 'string', required: true, doc: 'SHA-256 of this entry and of "previous".' },
      ],
    },
  ],
});
