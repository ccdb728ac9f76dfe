/** The built-in product `system.lineage`: what each product is made of, by input and, where the query tells, by field. */
import type { Field } from '../../schema/field.ts';
import { builtInProduct } from './built-in-product.ts';

function text(name: string, doc: string): Field {
  return { name, type: 'string', required: true, doc };
}

export const lineageProduct = builtInProduct({
  name: 'lineage',
  purpose: 'Where each product and its fields come from.',
  datasets: [
    {
      name: 'lineage',
      key: ['product', 'input'],
      fields: [
        text('product', 'The product version that reads.'),
        text('input', 'The name of the input.'),
        text('kind', 'product: another product of the mesh; external: a source outside.'),
        text('source', 'The product version that is read, or the kind of source.'),
        {
          name: 'transform',
          type: 'string',
          doc: 'sql or typescript; null where records are kept as they come.',
        },
      ],
    },
    {
      name: 'fields',
      key: ['product', 'field', 'source', 'source_field'],
      fields: [
        text('product', 'The product version.'),
        text('field', 'Its field.'),
        text('source', 'The product version that the field is computed from.'),
        text('source_field', 'The field there.'),
      ],
    },
  ],
});
