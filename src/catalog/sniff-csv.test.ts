import { describe, expect, it } from 'vitest';
import { sniffCsv } from './sniff-csv.ts';

describe('sniffCsv', () => {
  it.each([
    ['comma', 'id,name\n1,a\n2,b\n', { delimiter: ',', quote: '"', header: true }],
    [
      'semicolon with decimal commas',
      'id;price\n1;2,50\n2;3,75\n',
      { delimiter: ';', quote: '"', header: true },
    ],
    ['tab', 'id\tname, first\n1\ta, b\n', { delimiter: '\t', quote: '"', header: true }],
    ['bar', 'a|b|c\n1|2|3\n', { delimiter: '|', quote: '"', header: true }],
    ['apostrophes around cells', "id,name\n1,'a, b'\n2,'c'\n", { delimiter: ',', quote: "'", header: true }],
    ['apostrophes in names', "id,name\n1,O'Hare\n2,'t Veld\n", { delimiter: ',', quote: '"', header: true }],
    ['quoted line ends', 'id,text\n1,"a\nb, c; d"\n2,x\n', { delimiter: ',', quote: '"', header: true }],
    ['no header', '1,a\n2,b\n', { delimiter: ',', quote: '"', header: false }],
    ['no header, dates', '2001-01-31,a\n2001-02-01,b\n', { delimiter: ',', quote: '"', header: false }],
    ['an index without a name', ',price\n0,1.5\n1,2.5\n', { delimiter: ',', quote: '"', header: true }],
    ['text rows with a repeated word', 'a,a\nb,c\n', { delimiter: ',', quote: '"', header: false }],
    ['one column', 'name\na\nb\n', { delimiter: ',', quote: '"', header: true }],
  ])('tells %s', (_, text, shape) => {
    expect(sniffCsv(text, true)).toEqual(shape);
  });

  it('does not mind a last line that is cut off', () => {
    expect(sniffCsv('a;b\n1;2\n3;4\n5', false)).toEqual({ delimiter: ';', quote: '"', header: true });
  });
});
