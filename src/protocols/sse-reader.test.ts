import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeSseEvent } from './sse.ts';
import { type ReadEvent, SseReader } from './sse-reader.ts';

function read(text: string, cuts: readonly number[] = []): ReadEvent[] {
  const reader = new SseReader({ file: 'a', lastId: '' });
  const bytes = Buffer.from(text);
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].flatMap((end, i) => reader.push(bytes.subarray(ends[i - 1] ?? 0, end)));
}

const STREAM = `\ufeff:ok

event: message
id: [{"topic":"a","partition":0,"offset":1}]
data: {"title":"Zürich"}

data:{"a":
data: 1}
retry: 250

id: 7
data

event: other
id: 8
data:  x

: a comment
data: cut off`;

const EVENTS: readonly ReadEvent[] = [
  { type: 'message', data: '{"title":"Zürich"}', lastId: '[{"topic":"a","partition":0,"offset":1}]' },
  { type: 'message', data: '{"a":\n1}', lastId: '[{"topic":"a","partition":0,"offset":1}]' },
  { type: 'other', data: ' x', lastId: '8' },
];

describe('server-sent events', () => {
  it.each(['\n', '\r\n'])('are the same wherever they are cut, with lines that end in %j', (end) => {
    const text = STREAM.replaceAll('\n', end);
    for (let cut = 0; cut <= Buffer.byteLength(text); cut++) expect(read(text, [cut])).toEqual(EVENTS);
  });

  it('may have lines that end in CR alone', () => {
    const text = `${STREAM.replaceAll('\n', '\r')}`;
    for (let cut = 0; cut <= Buffer.byteLength(text); cut++) expect(read(text, [cut])).toEqual(EVENTS);
  });

  it('come back as they were written', () => {
    const data = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/^[\r\n]*$/.test(text));
    const id = fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n\0]/.test(text));
    fc.assert(
      fc.property(fc.array(fc.record({ data, id })), fc.array(fc.nat()), (events, cuts) => {
        const text = events.map((event) => encodeSseEvent(event)).join('');
        const expected = events.map((event) => ({
          type: 'message',
          data: event.data.replaceAll(/\r\n|\r/g, '\n'),
          lastId: event.id,
        }));
        expect(read(text, cuts)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('keep the last id of an event that came whole, not that of one that was cut off', () => {
    const reader = new SseReader({ file: 'a', lastId: '3' });
    expect(reader.push(Buffer.from('data: 1\n\nid: 9\ndata: 2\n'))).toEqual([
      { type: 'message', data: '1', lastId: '3' },
    ]);
  });

  it('without an end are refused, in time', () => {
    const reader = new SseReader({ file: 'a', lastId: '' });
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const push = () => {
      for (let i = 0; i < 20; i++) reader.push(chunk);
    };
    expect(push).toThrow('longer than');
  });
});
