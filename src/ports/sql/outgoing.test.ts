import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { Outgoing } from './outgoing.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('sends what one turn says in one piece, and waits for a client that does not read', async () => {
  const pieces: string[] = [];
  let read: () => void = () => undefined;
  const take = (bytes: Buffer, done: () => void) => {
    pieces.push(bytes.toString());
    read = done;
  };
  const socket = new Writable({
    highWaterMark: 8,
    write: (bytes: Buffer, _, done) => take(bytes, done),
    writev: (parts, done) => take(Buffer.concat(parts.map(({ chunk }) => chunk as Buffer)), done),
  });
  const gone = new AbortController();
  const out = new Outgoing(socket as unknown as Socket, gone.signal);
  for (const text of ['ab', 'cd', 'e']) await out.send(Buffer.from(text));
  expect(pieces).toEqual([]);
  await turn();
  expect(pieces).toEqual(['abcde']);
  let hasRoom = false;
  const waited = out.send(Buffer.from('fgh')).then(() => {
    hasRoom = true;
  });
  await turn();
  expect(hasRoom).toBe(false);
  read();
  await turn();
  read();
  await waited;
  expect(pieces).toEqual(['abcde', 'fgh']);
  const refused = out.send(Buffer.from('a long text that has no room'));
  gone.abort();
  await expect(refused).rejects.toThrow('gone');
});
