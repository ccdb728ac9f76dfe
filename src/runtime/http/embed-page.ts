/**
 * The chart of a product as a page to be framed by others: it can be looked at and filtered, and changes nothing. It never asks as
 * somebody who has signed in, so that no page around it can show a reader's data, or have the reader act.
 */
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import '../errors.ts';
import type { Platform } from '../platform.ts';
import { readShell, sendShell } from './page-shell.ts';
import { productId } from './server-paths.ts';
import { PAGES_FOLDER } from './web-pages.ts';

export function embedPage(app: FastifyInstance, platform: Platform): void {
  const shell = readShell(path.join(PAGES_FOLDER, 'embed.html'));
  app.get('/p/:product/v:major/embed', (request, reply) => {
    const { product } = platform.products.get(productId(request));
    const chart = product.outputs.find(({ port }) => port === 'chart');
    if (!chart)
      throw new WharfError('PATH_UNKNOWN', `"${product.id}" has no port "chart".`, {
        hint: 'Declare it in the spec: outputs: { chart: {} }.',
      });
    const { embed } = chart.options;
    return sendShell(request, reply, shell, Array.isArray(embed) ? embed.map(String) : []);
  });
}
