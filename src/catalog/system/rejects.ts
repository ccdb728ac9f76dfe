/** The built-in product `system.rejects`: every record that broke its contract, with the reason and where it came from. */
import type { Field } from '../../schema/field.ts';
import { builtInProduct } from './built-in-product.ts';

/** Where on its way a record was stopped. */
export const REJECT_STAGES = ['source', 'map', 'record'] as const;
export type RejectStage = (typeof REJECT_STAGES)[number];
export const REJECT_STATUSES = ['open', 'replayed', 'discarded'] as const;
export type RejectStatus = (typeof REJECT_STATUSES)[number];

const reason: Field = {
  name: 'items',
  type: 'object',
  fields: [
    { name: 'code', type: 'string', required: true },
    { name: 'pointer', type: 'string', required: true },
    { name: 'message', type: 'string', required: true },
  ],
};

export const rejectsProduct = builtInProduct({
  name: 'rejects',
  purpose: 'Records that broke their contract, with the reasons and the place that they came from.',
  datasets: [
    {
      name: 'rejects',
      key: ['id'],
      fields: [
        {
          name: 'id',
          type: 'string',
          required: true,
          doc: 'The same record at the same place has the same id.',
        },
        {
          name: 'product',
          type: 'string',
          required: true,
          doc: 'The product version, as domain.name@major.',
        },
        { name: 'input', type: 'string', required: true, doc: 'The input that the record came by.' },
        { name: 'dataset', type: 'string', required: true, doc: 'The dataset that it was meant for.' },
        {
          name: 'stage',
          type: 'string',
          enum: [...REJECT_STAGES],
          required: true,
          doc: 'source: as it was sent; map: the transform failed on it; record: what the transform gave.',
        },
        { name: 'status', type: 'string', enum: [...REJECT_STATUSES], required: true },
        {
          name: 'file',
          type: 'string',
          required: true,
          doc: 'The file, request or source log it stands in.',
        },
        {
          name: 'line',
          type: 'integer',
          required: true,
          doc: 'The line, item or position there, from 1; 0 for a row of a product.',
        },
        { name: 'document', type: 'string', required: true, doc: 'Its text.' },
        {
          name: 'cut',
          type: 'boolean',
          required: true,
          doc: 'True when the text was too long to be kept whole.',
        },
        { name: 'reasons', type: 'array', items: reason, required: true },
        { name: 'correction', type: 'string', doc: 'The corrected text that was replayed.' },
      ],
    },
  ],
});
