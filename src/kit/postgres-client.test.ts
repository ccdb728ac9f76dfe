import pg from 'pg';
import { expect, it } from 'vitest';
import { postgresName, postgresText } from './postgres-client.ts';

it.each(['', 'plain', "it's", 'back\\slash', "\\'", '"quoted"', 'a\nb', '漢字', '--', '$$'])(
  'quotes %j as the driver does',
  (text) => {
    expect(postgresText(text)).toBe(pg.escapeLiteral(text));
    expect(postgresName('s', text)).toBe(`${pg.escapeIdentifier('s')}.${pg.escapeIdentifier(text)}`);
  },
);
