/** The built-in product `system.products`: every product version of the mesh and its fields, as they are declared. */
import type { Field } from '../../schema/field.ts';
import { builtInProduct } from './built-in-product.ts';

function text(name: string, doc: string, more: Partial<Field> = {}): Field {
  return { name, type: 'string', required: true, doc, ...more };
}

const texts: Field = { name: 'items', type: 'string' };

export const productsProduct = builtInProduct({
  name: 'products',
  purpose: 'The products of this mesh and their fields, as their specs declare them.',
  datasets: [
    {
      name: 'products',
      key: ['product'],
      fields: [
        text('product', 'The product version, as domain.name@major.'),
        text('name', 'domain.name.'),
        text('domain', 'The domain.'),
        text('version', 'The semantic version.'),
        { name: 'major', type: 'integer', required: true, doc: 'The major version.' },
        text('status', 'draft, active, deprecated or retired.'),
        text('owner', 'Who owns it.'),
        text('alignment', 'source, aggregate or consumer.'),
        text('tier', 'bronze, silver or gold.'),
        text('purpose', 'What it is for.'),
        text('doc', 'More about it; null when nothing is said.', { required: false }),
        { name: 'tags', type: 'array', items: texts, required: true },
        {
          name: 'ports',
          type: 'array',
          items: texts,
          required: true,
          doc: 'The ways to read it.',
        },
        {
          name: 'gate',
          type: 'boolean',
          required: true,
          doc: 'Whether only what passed its checks is published.',
        },
        { name: 'checks', type: 'integer', required: true, doc: 'Checks that it declares.' },
        {
          name: 'history_ms',
          type: 'integer',
          doc: 'How long records are kept, in milliseconds; null for ever.',
        },
        text('file', 'The spec, relative to the mesh folder.'),
      ],
    },
    {
      name: 'fields',
      key: ['product', 'dataset', 'field'],
      fields: [
        text('product', 'The product version.'),
        text('dataset', 'The dataset.'),
        text('field', 'The field.'),
        { name: 'number', type: 'integer', required: true, doc: 'Its place in the dataset, from 1.' },
        text('type', 'Its type, as a spec writes it.'),
        { name: 'required', type: 'boolean', required: true },
        { name: 'is_key', type: 'boolean', required: true, doc: 'Whether it is part of the key.' },
        text('doc', 'What it means.', { required: false }),
        text('unit', 'Its unit.', { required: false }),
        { name: 'classes', type: 'array', items: texts, required: true, doc: 'Its classes, such as pii.' },
        text('meaning', 'The URI of the term that it stands for.', { required: false }),
      ],
    },
  ],
});
