/** A product in memory: records at positions, snapshots at each of them, files, and a stream that goes on. */
import { randomUUID } from 'node:crypto';
import { statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WharfError } from '../../base/errors.ts';
import type {
  At,
  FileRequest,
  FollowRequest,
  ProductDescription,
  ProductReader,
  SnapshotFile,
  SnapshotReader,
  StreamRecord,
} from '../../kit/reader.ts';
import { type Dataset, keyFieldsOf } from '../../schema/field.ts';
import { readJson } from '../../schema/json-reader.ts';
import { isJsonObject, memberOf, writeJson } from '../../schema/json-value.ts';
import './fake-errors.ts';
import { fakeFile } from './fake-file.ts';
import { type FakeRow, fakeRow, queryRows } from './fake-rows.ts';

/** 2026-11-21T10:00:00.000001Z; every further record comes a second later. */
const START_US = Date.parse('2026-11-21T10:00:00Z') * 1_000 + 1;
const BATCH_RECORDS_MAX = 500;

export class FakeProduct implements ProductReader {
  readonly product: ProductDescription;
  readonly records: StreamRecord[] = [];
  /** What was asked of it: tests see whether work was done, given back and ended. */
  readonly calls = { rows: 0, files: 0, released: 0, follows: 0, aborted: 0, pulled: 0 };
  /** What files are like: holes are put behind a smaller one, and it ends with the signal. */
  fileTerms: { readonly bytesMin: number; readonly ended?: AbortSignal } = { bytesMin: 0 };
  readonly #waiting = new Set<() => void>();

  constructor(name: string, datasets: readonly Dataset[], more: Partial<ProductDescription> = {}) {
    this.product = {
      id: `${name}@1`,
      name,
      version: '1.2.0',
      major: 1,
      title: name,
      purpose: 'Something to test ports with.',
      doc: undefined,
      owner: 'testers',
      status: 'active',
      tier: 'silver',
      alignment: 'source',
      datasets,
      ...more,
    };
  }

  /** Appends one record a document (JSON texts). */
  append(datasetName: string, documents: readonly string[], op: 'upsert' | 'delete' = 'upsert'): void {
    const dataset = this.dataset(datasetName);
    for (const document of documents) {
      const position = this.records.length + 1;
      const key = keyText(dataset, document);
      const timeUs = START_US + (position - 1) * 1_000_000;
      this.records.push({
        position,
        timeUs,
        op,
        dataset: datasetName,
        key,
        document: op === 'delete' ? 'null' : document,
      });
    }
    for (const wake of this.#waiting) wake();
  }

  publishedPosition(): number {
    return this.records.length;
  }

  async at(at: At): Promise<SnapshotReader> {
    return new FakeSnapshot(this, this.#position(at));
  }

  async *follow(request: FollowRequest): AsyncGenerator<readonly StreamRecord[]> {
    this.calls.follows += 1;
    request.signal.addEventListener('abort', () => (this.calls.aborted += 1), { once: true });
    let next = this.#firstPosition(request.from);
    while (!request.signal.aborted) {
      const batch = this.records.slice(next - 1, next - 1 + BATCH_RECORDS_MAX);
      next += batch.length;
      const wanted = batch.filter(
        (record) => request.dataset === undefined || record.dataset === request.dataset,
      );
      this.calls.pulled += wanted.length;
      if (wanted.length > 0) yield wanted;
      else if (batch.length === 0) await this.#news(request.signal);
    }
  }

  dataset(name: string): Dataset {
    const dataset = this.product.datasets.find((d) => d.name === name);
    if (dataset) return dataset;
    throw new WharfError('FAKE_DATASET_UNKNOWN', `There is no dataset "${name}".`);
  }

  rowsAt(datasetName: string, position: number): FakeRow[] {
    const dataset = this.dataset(datasetName);
    const rows = new Map<string, FakeRow>();
    for (const record of this.records.slice(0, position)) {
      if (record.dataset !== datasetName) continue;
      const key = dataset.key === 'none' ? String(record.position) : record.key;
      if (record.op === 'delete') rows.delete(key);
      else rows.set(key, fakeRow(dataset, record.position, record.document));
    }
    return [...rows.values()];
  }

  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  #firstPosition(from: FollowRequest['from']): number {
    if (from === 'earliest') return 1;
    if (from === 'latest') return this.records.length + 1;
    return typeof from === 'number' ? from : this.#position(from) + 1;
  }

  #position(at: At): number {
    if (at === undefined) return this.records.length;
    if (/^\d+$/.test(at) && Number(at) <= this.records.length) return Number(at);
    const us = Date.parse(at) * 1_000;
    if (!/^\d{4}-/.test(at) || Number.isNaN(us)) {
      throw new WharfError('FAKE_AT_UNKNOWN', `"${at}" cannot be read at.`);
    }
    return this.records.filter((record) => record.timeUs <= us).length;
  }
}

function keyText(dataset: Dataset, document: string): string {
  if (dataset.key === 'none') return 'null';
  const value = readJson(document);
  if (!isJsonObject(value)) throw new Error('a record is an object');
  const members = keyFieldsOf(dataset).map(
    (f) => `"${f.name}":${writeJson(memberOf(value, f.name) ?? null)}`,
  );
  return `{${members.join(',')}}`;
}

class FakeSnapshot implements SnapshotReader {
  readonly product: ProductDescription;
  readonly position: number;
  readonly sight = '';
  readonly #of: FakeProduct;

  constructor(of: FakeProduct, position: number) {
    this.product = of.product;
    this.position = position;
    this.#of = of;
  }

  async rows(dataset: string, query: Parameters<SnapshotReader['rows']>[1]) {
    this.#of.calls.rows += 1;
    return queryRows(this.#of.dataset(dataset), this.#of.rowsAt(dataset, this.position), query);
  }

  async row(name: string, key: readonly string[]): Promise<string | undefined> {
    const fields = keyFieldsOf(this.#of.dataset(name));
    const rows = this.#of.rowsAt(name, this.position);
    return rows.find((row) => fields.every((field, i) => row.texts[field.name] === key[i]))?.document;
  }

  async file({ dataset, format, defuseFormulas }: FileRequest): Promise<SnapshotFile> {
    this.#of.calls.files += 1;
    const file = path.join(tmpdir(), `wharf-fake-${randomUUID()}.${format}`);
    const rows = this.#of.rowsAt(dataset, this.position);
    writeFileSync(file, fakeFile(this.#of.dataset(dataset), rows, format, defuseFormulas));
    const { bytesMin, ended } = this.#of.fileTerms;
    if (statSync(file).size < bytesMin) truncateSync(file, bytesMin);
    // As of one file that is kept: written at one time, whenever it is asked for.
    utimesSync(file, START_US / 1_000_000, START_US / 1_000_000);
    return {
      path: file,
      bytes: statSync(file).size,
      release: () => (this.#of.calls.released += 1),
      ...(ended ? { ended } : {}),
    };
  }
}
