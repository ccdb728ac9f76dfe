import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../base/clock.ts';
import type { Mesh } from '../../spec/model.ts';
import { TokenStore } from './token-store.ts';

const ana = { kind: 'user', name: 'ana', teams: [], attributes: { region: 'emea' } } as const;
const DAY_MS = 86_400_000;

let folder: string;
let nowMs: number;
const clock = { nowMs: () => nowMs } as Clock;
const mesh = {
  teams: [{ name: 'planning', doc: undefined, contact: undefined, members: ['ana', 'service:etl'] }],
} as unknown as Mesh;
const open = () => TokenStore.open(folder, clock, mesh);

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'wharf-tokens-'));
  nowMs = Date.parse('2026-11-21T10:00:00Z');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('tokens', () => {
  test('an acknowledged token is known after a restart, with the teams that the mesh says', async () => {
    const { text } = await (await open()).create(ana, undefined);
    const holder = (await open()).holderOf(text);
    expect(holder?.principal).toEqual({ ...ana, teams: ['planning'] });
  });

  test('the text of a token is nowhere on disk', async () => {
    const { text } = await (await open()).create(ana, undefined);
    const kept = await readFile(path.join(folder, 'tokens.json'), 'utf8');
    expect(kept).not.toContain(text.slice(-43));
    expect(kept).toContain(createHash('sha256').update(text).digest('hex'));
  });

  test('a changed, cut, longer or foreign text is nobody', async () => {
    const store = await open();
    const { text } = await store.create(ana, undefined);
    const flipped = text.slice(0, -2) + (text.at(-2) === 'A' ? 'B' : 'A') + text.at(-1);
    for (const wrong of [flipped, text.slice(0, -1), `${text}A`, '', 'wharf__', 'x'.repeat(1_000_000)])
      expect(store.holderOf(wrong)).toBeUndefined();
    expect(store.holderOf(text)).toBeDefined();
  });

  test('a token ends at its time, also for those who hold it already', async () => {
    const store = await open();
    const { text } = await store.create(ana, 90 * DAY_MS);
    const holder = store.holderOf(text);
    nowMs += 90 * DAY_MS - 1;
    expect(holder?.isValid()).toBe(true);
    nowMs += 1;
    expect(holder?.isValid()).toBe(false);
    expect(store.holderOf(text)).toBeUndefined();
  });

  test('a revoked token stays revoked after a restart, and cannot be rotated into life', async () => {
    const store = await open();
    const { text, token } = await store.create(ana, undefined);
    const holder = store.holderOf(text);
    await store.revoke(token.id);
    expect(holder?.isValid()).toBe(false);
    const again = await open();
    expect(again.holderOf(text)).toBeUndefined();
    await expect(again.rotate(token.id)).rejects.toMatchObject({ code: 'TOKEN_ENDED' });
    await expect(again.revoke('0000000000000000')).rejects.toMatchObject({ code: 'TOKEN_UNKNOWN' });
  });

  test('rotating gives the same access under another text, and ends the old one', async () => {
    const store = await open();
    const scope = { products: ['flights.departures'], ports: ['rest'] };
    const { text, token } = await store.create({ ...ana, scope }, 30 * DAY_MS);
    const next = await store.rotate(token.id);
    expect(store.holderOf(text)).toBeUndefined();
    expect(store.holderOf(next.text)?.principal).toMatchObject({ name: 'ana', scope });
    expect(next.token.expiresAt).toBe(token.expiresAt);
  });

  test('changes at the same time do not lose each other', async () => {
    const store = await open();
    const made = await Promise.all(Array.from({ length: 8 }, () => store.create(ana, undefined)));
    const again = await open();
    expect(made.filter(({ text }) => again.holderOf(text))).toHaveLength(8);
  });

  test('a Postgres client proves any of the tokens of a name by RFC 5802', async () => {
    const store = await open();
    const made = [await store.create(ana, undefined), await store.create(ana, undefined)];
    await store.create({ ...ana, kind: 'service' }, undefined);
    const known = store.named('ana');
    expect(known).toHaveLength(2);
    expect(new Set(known.map(({ token }) => token.scram.salt)).size).toBe(1);
    for (const [i, { text }] of made.entries()) {
      const { salt, storedKey, serverKey } = known[i]?.token.scram ?? {};
      const salted = pbkdf2Sync(text, Buffer.from(salt ?? '', 'base64'), 4_096, 32, 'sha256');
      const client = createHmac('sha256', salted).update('Client Key').digest();
      expect(createHash('sha256').update(client).digest('base64')).toBe(storedKey);
      expect(createHmac('sha256', salted).update('Server Key').digest('base64')).toBe(serverKey);
    }
  });

  test('when a token was used last is told after a restart', async () => {
    const store = await open();
    const { text, token } = await store.create(ana, undefined);
    expect(token.lastUsedAt).toBeNull();
    nowMs += 1_000;
    store.holderOf(text);
    await store.close();
    expect((await open()).list()[0]?.lastUsedAt).toBe('2026-11-21T10:00:01.000Z');
  });

  test('a damaged file of tokens lets nobody in as if there were none', async () => {
    await writeFile(path.join(folder, 'tokens.json'), '{"format": 1, "tok');
    await expect(open()).rejects.toMatchObject({ code: 'TOKENS_UNREADABLE' });
  });
});
