import { rm } from 'node:fs/promises';
import path from 'node:path';
import { assert } from '../../base/assert.ts';
import { LineFile, readLineChunks } from '../../base/line-file.ts';
import { randomName } from '../../base/random.ts';
import { writeEnvelopes } from '../../schema/envelope.ts';
import type { Dataset } from '../../schema/field.ts';
import type { SliceReject } from '../../schema/slice.ts';
import type { ExternalInput, Product } from '../../spec/model.ts';
import type { RecordMap } from '../../transform/record-map.ts';
import { sourceStream } from '../../transform/source-log.ts';
import type { Services } from '../capture/services.ts';
import { openReject, type RejectRecord } from '../rejects/reject-record.ts';
import { sourceDocuments } from './source-documents.ts';

const VALIDATE_CHUNK_BYTES = 512 * 1024;
const SOURCE_BYTES_MAX = 16 * 1024 * 1024;

/** Source records mapped by one statement, and journaled in one commit. */
export const MAP_RECORDS_MAX = 20_000;

/** What came of a range of source records. */
export interface Mapped {
  /** The last source position that was mapped. */
  readonly through: number;
  readonly count: number;
  /** Documents in journal form, one a line. */
  readonly body: Uint8Array;
  readonly rejects: readonly RejectRecord[];
}

export interface MapBatchOptions {
  readonly services: Services;
  readonly product: Product;
  readonly input: ExternalInput;
  /** What the records are mapped to. */
  readonly dataset: Dataset;
  /** What they are mapped from. */
  readonly source: Dataset;
  readonly map: RecordMap;
}

/** Maps ranges of a source log: source records -> SQL -> validation. */
export class MapBatch {
  readonly #options: MapBatchOptions;

  constructor(options: MapBatchOptions) {
    this.#options = options;
  }

  /** Maps positions from `from` to at most `to`; stops early once SOURCE_BYTES_MAX have been read. */
  async map(from: number, to: number): Promise<Mapped> {
    const folder = this.#options.services.temporaryFolder;
    const staged = path.join(folder, `source-${randomName()}.ndjson`);
    const out = `${staged}.out`;
    try {
      const through = await this.#stage(staged, from, to);
      assert(through >= from, 'a map goes on with every batch');
      const result = await this.#options.map.run(this.#options.services.engine, { staged, out });
      const failures = await this.#failuresAsRejects(result.failures);
      const checked = await this.#validate(out, result.positions);
      return {
        through,
        count: checked.count,
        body: checked.body,
        rejects: [...failures, ...checked.rejects],
      };
    } finally {
      await Promise.all([rm(staged, { force: true }), rm(out, { force: true })]);
    }
  }

  async #stage(file: string, from: number, to: number): Promise<number> {
    const { product, input, services } = this.#options;
    const staged = await LineFile.create(file);
    let through = from - 1;
    let bytes = 0;
    try {
      for await (const block of sourceDocuments(services, sourceStream(product, input), from, to)) {
        const lines = writeEnvelopes(block, from, to);
        await staged.append(lines, Math.min(block.last, to) - Math.max(block.first, from) + 1);
        through = Math.min(block.last, to);
        bytes += lines.length;
        if (bytes >= SOURCE_BYTES_MAX) break;
      }
    } finally {
      await staged.close();
    }
    return through;
  }

  async #failuresAsRejects(
    failures: readonly { position: number; message: string }[],
  ): Promise<RejectRecord[]> {
    const { services, product, input } = this.#options;
    const stream = sourceStream(product, input);
    const rejects: RejectRecord[] = [];
    for (const { position, message } of failures) {
      const document = await sourceText(services, stream, position);
      rejects.push(this.#reject('map', position, document, [{ code: 'MAP_FAILED', pointer: '', message }]));
    }
    return rejects;
  }

  async #validate(
    file: string,
    positions: readonly number[],
  ): Promise<{ count: number; body: Uint8Array; rejects: RejectRecord[] }> {
    const bodies: Uint8Array[] = [];
    const rejects: RejectRecord[] = [];
    let count = 0;
    let line = 1;
    for await (const chunk of readLineChunks(file, VALIDATE_CHUNK_BYTES)) {
      const slice = { bytes: chunk.bytes, framing: { format: 'ndjson' } as const, line };
      const verdict = await this.#options.services.pool.validate(this.#options.dataset, 'upsert', slice);
      bodies.push(verdict.accepted);
      count += verdict.count;
      for (const reject of verdict.rejects) rejects.push(this.#mappedReject(reject, positions));
      line += chunk.count;
    }
    return { count, body: bodies.length === 1 ? (bodies[0] as Uint8Array) : Buffer.concat(bodies), rejects };
  }

  #mappedReject(reject: SliceReject, positions: readonly number[]): RejectRecord {
    return this.#reject('record', positions[reject.line - 1] ?? 0, reject.document, reject.reasons);
  }

  #reject(
    stage: 'map' | 'record',
    position: number,
    document: string,
    reasons: SliceReject['reasons'],
  ): RejectRecord {
    const { product, input, dataset } = this.#options;
    const file = sourceStream(product, input);
    return openReject({
      product: product.id,
      input: input.name,
      dataset: dataset.name,
      stage,
      file,
      line: position,
      document,
      reasons,
    });
  }
}

async function sourceText(services: Services, stream: string, position: number): Promise<string> {
  for await (const block of sourceDocuments(services, stream, position, position)) {
    const lines = Buffer.from(block.body).toString('utf8').split('\n');
    return lines[position - block.first] ?? '';
  }
  return '';
}
