/**
 * Looks up hosts so that only addresses come back that may be connected to. The address that passed is the one that is
 * connected to, so an answer that changes between check and connection (DNS rebinding) changes nothing.
 */
import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { WharfError } from '../../base/errors.ts';
import { isPrivateAddress } from '../../base/private-address.ts';
import '../errors.ts';

export const guardedLookup: LookupFunction = (hostname, options, done) => {
  systemLookup(hostname, { family: options.family, hints: options.hints, all: true }, (error, found) => {
    if (error) return done(error, []);
    const [first, ...more] = found.filter(({ address }) => !isPrivateAddress(address));
    if (!first) return done(privateAddress(hostname), []);
    return options.all ? done(null, [first, ...more]) : done(null, first.address, first.family);
  });
};

/** For hosts that are addresses already, which are never looked up. Throws WEB_ADDRESS_PRIVATE. */
export function checkLiteralAddress({ hostname }: URL): void {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0 && isPrivateAddress(host)) throw privateAddress(host);
}

export function privateAddress(host: string): WharfError {
  return new WharfError(
    'WEB_ADDRESS_PRIVATE',
    `"${host}" is at an address of a private network or of this machine, which inputs may not reach.`,
    { hint: 'If that is meant, name a connection of type http in mesh.yaml that has "private: true".' },
  );
}
