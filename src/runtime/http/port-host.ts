/** What a port of HTTP gets for a request: the product as its caller sees it. */
import type { FastifyRequest } from 'fastify';
import { principalText } from '../../access/principal.ts';
import type { HttpPort, PortHost } from '../../kit/port.ts';
import type { ProductReader } from '../../kit/reader.ts';
import { unknownProduct } from '../access/access-control.ts';
import type { Platform } from '../platform.ts';
import { datasetOf } from '../reader/product-reader.ts';
import { ObservedReader } from '../reads/observed-reader.ts';
import { callerOf } from './caller.ts';
import { productId } from './server-paths.ts';

export function portHost(platform: Platform, ports: readonly HttpPort[], port: HttpPort): PortHost {
  const outputs = (reader: ProductReader) => platform.products.get(reader.product.id).product.outputs;
  return {
    reader: async (request) => readerOf(platform, port, request),
    dataset: (request, reader) => datasetName(request, reader),
    options: (reader) => outputs(reader).find((output) => output.port === port.name)?.options ?? {},
    describe: async (reader) => {
      const descriptions = outputs(reader).map(async (output) => {
        const served = ports.find((p) => p.name === output.port);
        return (await served?.describe?.(reader, output.options)) ?? {};
      });
      return Object.assign({}, ...(await Promise.all(descriptions)));
    },
  };
}

/** In which the decision is applied, and which tells of what it gives. */
function readerOf(platform: Platform, port: HttpPort, request: FastifyRequest): ProductReader {
  const id = productId(request);
  const asker = callerOf(request);
  const { product } = platform.products.seenBy(asker, id);
  if (!product.outputs.some((output) => output.port === port.name)) throw unknownProduct(id);
  const view = platform.access.view(product, asker, port.action, port.name);
  return new ObservedReader(platform.reader(id, view), {
    observer: platform.reads,
    port: port.name,
    consumer: principalText(asker.principal),
    purpose: asker.purpose,
    check: view.check,
    watch: platform.accessWatch,
  });
}

function datasetName(request: FastifyRequest, reader: ProductReader): string {
  const { dataset } = request.params as { dataset?: string };
  const first = reader.product.datasets[0];
  return datasetOf(reader.product, dataset ?? first?.name ?? '').name;
}
