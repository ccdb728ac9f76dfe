import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { BodyRoom } from './body-room.ts';
import { PUSH_BODY_BYTES_MAX, readBody } from './read-body.ts';

const tenBytes = Buffer.from('0123456789');

describe('the bodies of pushes', () => {
  it('are taken as they come, and refused by name while others leave no room', async () => {
    const room = new BodyRoom(25);
    const [first, second, third] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const shares = [room.share(), room.share(), room.share()] as const;
    const bodies = [first, second, third].map((stream, i) =>
      readBody(stream, 0, shares[i] ?? room.share()).then(String, (error) => error.code),
    );
    for (const stream of [first, first, second]) stream.write(tenBytes);
    expect(await bodies[1]).toBe('PUSH_BUSY');
    shares[1].release();
    first.end('!');
    expect(await bodies[0]).toBe('01234567890123456789!');
    expect(room.bytes).toBe(21);
    shares[0].release();
    third.end(tenBytes);
    expect(await bodies[2]).toBe('0123456789');
    shares[2].release();
    expect(room.bytes).toBe(0);
  });

  it('find room when they are alone, however large, up to what one may have', async () => {
    const room = new BodyRoom(5);
    const stream = new PassThrough();
    const body = readBody(stream, 20, room.share());
    stream.write(tenBytes);
    stream.end(tenBytes);
    expect(String(await body)).toBe('01234567890123456789');
    const tooLarge = readBody(new PassThrough(), PUSH_BODY_BYTES_MAX + 1, room.share());
    await expect(tooLarge).rejects.toMatchObject({ code: 'PUSH_TOO_LARGE' });
  });

  it('that break off are the fault of who sends them, and take no room after the answer', async () => {
    const room = new BodyRoom(25);
    const share = room.share();
    const stream = new PassThrough();
    const body = readBody(stream, 0, share);
    stream.write(tenBytes);
    stream.destroy(new Error('gone'));
    await expect(body).rejects.toMatchObject({ statusCode: 400 });
    share.release();
    share.add(10);
    expect(room.bytes).toBe(0);
  });
});
