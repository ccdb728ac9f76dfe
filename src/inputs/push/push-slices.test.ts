import { expect, it } from 'vitest';
import { CAPTURE_BATCH_BYTES_MAX } from '../../kit/input.ts';
import { slicesOfPush } from './push-slices.ts';

const linesOf = (body: string) =>
  slicesOfPush(Buffer.from(body), 'ndjson').map(({ bytes, line }) => [
    line,
    `${Buffer.from(bytes)}`.split('\n').filter(Boolean),
  ]);

it('a small body is validated as a whole, whether or not its last line ends', () => {
  expect(linesOf('{"a":1}\n{"a":2}\n')).toEqual([[1, ['{"a":1}', '{"a":2}']]]);
  expect(linesOf('{"a":1}\n{"a":2}')).toEqual([[1, ['{"a":1}', '{"a":2}']]]);
  expect(linesOf('{"a":1}')).toEqual([[1, ['{"a":1}']]]);
});

it('a body that does not fit into one slice loses nothing of its end', () => {
  const long = `"${'x'.repeat(CAPTURE_BATCH_BYTES_MAX - 3)}"`;
  expect(linesOf(`${long}\n1`)).toEqual([
    [1, [long]],
    [2, ['1']],
  ]);
});
