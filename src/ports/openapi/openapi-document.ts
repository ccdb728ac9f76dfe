import type { ProductDescription } from '../../kit/reader.ts';
import { components } from './components.ts';
import { writeDocument } from './json-text.ts';

/** The OpenAPI 3.1 document of a product, as JSON text. `prefix` is where its paths start, `paths` what its ports say. */
export function openApiDocument(
  product: ProductDescription,
  prefix: string,
  paths: Readonly<Record<string, unknown>>,
): string {
  return writeDocument({
    openapi: '3.1.0',
    info: {
      title: product.title,
      version: product.version,
      summary: product.purpose,
      description: product.doc ?? product.purpose,
      contact: { name: product.owner },
    },
    servers: [{ url: prefix, description: `${product.id}, as served here` }],
    paths,
    components: components(product),
  });
}
