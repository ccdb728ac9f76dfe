/**
 * Records arrive, runs are flushed and merged, and readers ask every port for the rows at positions of the past: all of them must
 * give what the pushed records add up to, computed here from what was pushed and where it was said to stand.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { integerBetween, oneOf, type Random, seededRandom } from '../../src/base/random.ts';
import { ShiftedClock } from '../../src/base/shifted-clock.ts';
import type { Serving } from '../../src/runtime/serve.ts';
import { readCsvCells } from '../support/csv.ts';
import { itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { PUSHED_CASES, type PushedCase } from '../support/pushed-cases.ts';
import { fileBytes, ParquetReader, valuesOfCells } from '../support/read-files.ts';
import { canonicalRows, parseExact, rowsByNdjson, rowsByRest } from '../support/read-ports.ts';
import { SEED } from '../support/seed.ts';
import { serveHere } from '../support/serve-here.ts';
import * as oracle from '../support/state-oracle.ts';
import { StreamFollower } from '../support/stream-follower.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const LOAD_MS = 5_000;

describe(`under load, seed ${SEED}`, () => {
  const clock = new ShiftedClock(Date.now());
  let serving: Serving;
  let parquet: ParquetReader;
  const pushed = new Map<string, (oracle.OracleRecord | undefined)[]>(
    PUSHED_CASES.map(({ name }) => [name, []]),
  );

  beforeAll(async () => {
    const specs = PUSHED_CASES.map(({ name, yaml }) => [
      `${name}.product.yaml`,
      itemsSpec(`inputs:\n  source: { from: push }\n${yaml}`).replace('test.items', `test.${name}`),
    ]);
    serving = await serveHere(await meshFolder(Object.fromEntries(specs)), clock);
    parquet = await ParquetReader.open(await temporaryFolder('parquet'));
  });

  afterAll(async () => serving?.close());

  const recordsOf = ({ name }: PushedCase) => pushed.get(name) ?? [];
  /** The last position of which all records before it are known here. */
  const knownThrough = (test: PushedCase) => {
    const gap = recordsOf(test).indexOf(undefined);
    return gap === -1 ? recordsOf(test).length : gap;
  };
  const expected = (test: PushedCase, position: number) =>
    canonicalRows(
      oracle.stateAfter(test, recordsOf(test).slice(0, position) as readonly oracle.OracleRecord[]),
    );

  async function push(test: PushedCase, random: Random): Promise<void> {
    const op = test.key !== 'none' && random.next() < 0.25 ? 'delete' : 'upsert';
    const documents = Array.from({ length: integerBetween(random, 1, 30) }, () => test.document(random));
    const response = await fetch(`${serving.url}/p/test.${test.name}/v1/inputs/source?op=${op}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson' },
      body: documents.join('\n'),
    });
    const answer = (await response.json()) as { accepted: number; position: number };
    expect({ status: response.status, ...answer }).toMatchObject({ status: 200, accepted: documents.length });
    documents.forEach((document, i) => {
      recordsOf(test)[answer.position - documents.length + i] = {
        op,
        document: withMembers(parseExact(document) as oracle.Row),
      };
    });
  }

  async function compare(
    test: PushedCase,
    at: number,
    by = ['rest', 'ndjson', 'csv', 'parquet'],
  ): Promise<void> {
    const product = `test.${test.name}/v1`;
    const rows: Record<string, unknown[]> = {};
    await Promise.all(
      by.map(async (port) => {
        if (port === 'rest') rows[port] = (await rowsByRest(serving.url, product, at)).rows;
        else if (port === 'ndjson') rows[port] = await rowsByNdjson(serving.url, product, test.name, at);
        else if (port === 'csv') {
          const bytes = await fileBytes(serving.url, product, `${test.name}.csv`, at);
          rows[port] = valuesOfCells(readCsvCells(Buffer.from(bytes).toString('utf8')), test.cells);
        } else {
          const bytes = await fileBytes(serving.url, product, `${test.name}.parquet`, at);
          rows[port] = await parquet.rows(bytes, test.name === 'reduced' ? ['patch'] : []);
        }
      }),
    );
    const right = expected(test, at);
    for (const port of by)
      expect({ seed: SEED, product, at, port, rows: canonicalRows(rows[port] ?? []) }).toEqual({
        seed: SEED,
        product,
        at,
        port,
        rows: right,
      });
  }

  async function page(test: PushedCase): Promise<void> {
    const product = `/p/test.${test.name}/v1`;
    const rows: unknown[] = [];
    const positions = new Set<number>();
    let next: string | undefined = `${product}/rows?limit=3`;
    while (next && rows.length < 60) {
      const response: Response = await fetch(`${serving.url}${next}`);
      const body = await response.text();
      expect({ status: response.status, body: response.ok ? '' : body }).toEqual({ status: 200, body: '' });
      positions.add(Number(response.headers.get('Wharf-Position')));
      rows.push(...(parseExact(body) as { rows: unknown[] }).rows);
      next = (JSON.parse(body) as { _links: { next?: { href: string } } })._links.next?.href;
    }
    expect(positions.size).toBe(1);
    const [position = 0] = positions;
    while (knownThrough(test) < position) await systemClock.sleep(5);
    const right = expected(test, position);
    const got = canonicalRows(rows);
    if (next === undefined)
      expect({ seed: SEED, product, position, rows: got }).toEqual({
        seed: SEED,
        product,
        position,
        rows: right,
      });
    else for (const row of got) expect(right).toContain(row);
  }

  it('every port gives the same rows at the same position, and pages lose and repeat nothing', async () => {
    const deadline = Date.now() + LOAD_MS;
    const compared = new Map<string, number>();
    const { journal } = serving.platform.services;
    // A busy machine takes longer until everything has happened.
    const isLoaded = () =>
      Date.now() < deadline ||
      PUSHED_CASES.some(({ name }) => (compared.get(name) ?? 0) < 2 || journal.tail(`test.${name}@1`) <= 1);
    const until = async (random: Random, work: (test: PushedCase, random: Random) => Promise<void>) => {
      while (isLoaded()) await work(oneOf(random, PUSHED_CASES), random);
    };
    const followers = await Promise.all(
      PUSHED_CASES.map((test) =>
        StreamFollower.open(`${serving.url}/p/test.${test.name}/v1/stream?from=earliest`),
      ),
    );
    const write = async (test: PushedCase, random: Random) => {
      await push(test, random);
      await systemClock.sleep(integerBetween(random, 0, 40));
    };
    const read = async (test: PushedCase, random: Random) => {
      const known = knownThrough(test);
      if (known === 0) return systemClock.sleep(20);
      await compare(test, integerBetween(random, Math.max(1, known - 400), known));
      compared.set(test.name, (compared.get(test.name) ?? 0) + 1);
    };
    const flush = async () => {
      while (isLoaded()) {
        await systemClock.sleep(700);
        clock.setForward(clock.nowMs() + 11 * 60_000);
      }
    };
    await Promise.all([
      until(seededRandom(SEED), write),
      until(seededRandom(SEED + 1), write),
      until(seededRandom(SEED + 2), read),
      until(seededRandom(SEED + 3), read),
      until(seededRandom(SEED + 4), (test) => page(test)),
      flush(),
    ]);
    for (const [i, test] of PUSHED_CASES.entries()) {
      const head = knownThrough(test);
      expect(head).toBe(recordsOf(test).length);
      await compare(test, head);
      const { missing, unexpected } = await serving.platform.services.store.verify(
        `test.${test.name}@1`,
        test.name,
      );
      expect({ seed: SEED, missing, unexpected }).toEqual({ seed: SEED, missing: 0, unexpected: 0 });
      const streamed = (await followers[i]?.through(head)) ?? [];
      expect(streamed.map((record) => seen(test, record))).toEqual(
        recordsOf(test).map((record) => seen(test, record as oracle.OracleRecord)),
      );
    }
  });
});

/** As every port shows an object: with all its members. */
function withMembers(document: oracle.Row): oracle.Row {
  return document.place ? { ...document, place: { a: null, b: null, ...document.place } } : document;
}

/** What the stream shows of a record: a whole row of an upsert, the key of a delete. */
function seen(test: PushedCase, { op, document, ...more }: { op: string; document: unknown; key?: unknown }) {
  const shown = op === 'delete' ? (more.key ?? document) : document;
  const names = op === 'delete' && Array.isArray(test.key) ? test.key : test.fields;
  return { op, row: Object.fromEntries(names.map((name) => [name, (shown as oracle.Row)[name] ?? null])) };
}
