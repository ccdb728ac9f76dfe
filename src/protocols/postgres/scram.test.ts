import { describe, expect, it } from 'vitest';
import { ScramExchange, scramKeys } from './scram.ts';

/** The example of RFC 7677. */
const SALT = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
const KEYS = scramKeys('pencil', SALT, 4096);
const FIRST = 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO';
const NONCE = '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
const FINAL =
  'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';

const exchange = () => new ScramExchange(FIRST, { salt: SALT, iterations: 4096, nonce: NONCE });

describe('SCRAM-SHA-256', () => {
  it('says what the example of its RFC says', () => {
    expect(exchange().serverFirst).toBe(
      'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    );
    expect(exchange().verify(FINAL, [KEYS])).toEqual({
      index: 0,
      serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
    });
  });

  it('tells which of several passwords it was', () => {
    const other = scramKeys('pen', SALT, 4096);
    expect(exchange().verify(FINAL, [other, KEYS])?.index).toBe(1);
    expect(exchange().verify(FINAL, [other, other])).toBeUndefined();
    expect(exchange().verify(FINAL, [])).toBeUndefined();
  });

  it('knows another proof, nonce or binding from the right one', () => {
    expect(exchange().verify(FINAL.replace('p=d', 'p=e'), [KEYS])).toBeUndefined();
    for (const wrong of [
      FINAL.replace('r=rO', 'r=rP'),
      FINAL.replace('biws', 'eSws'),
      FINAL.replace(/p=.*/, 'p=AA=='),
      'c=biws',
      '',
    ])
      expect(() => exchange().verify(wrong, [KEYS]), wrong).toThrow('malformed');
  });

  it.each([
    '',
    'n=user',
    'p=tls-unique,,n=u,r=abc',
    'n,,n=u',
    'n,,n=u,r=',
    'n,,m=x,n=u,r=abc',
    'n,,n=u,r=a\u0001b',
  ])('refuses a first message that is none: %s', (first) => {
    expect(() => new ScramExchange(first, { salt: SALT, iterations: 4096, nonce: NONCE })).toThrow(
      'malformed',
    );
  });
});
