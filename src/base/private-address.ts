import { BlockList, isIPv6 } from 'node:net';

/** Networks that are not the public internet: this machine, private, link-local, shared, reserved, multicast. */
const RANGES_4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/** Also those that hold an address of version 4 within, which may be any of the above: NAT64, 6to4, Teredo. */
const RANGES_6 = [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const;

const blocked = new BlockList();
for (const [network, bits] of RANGES_4) blocked.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of RANGES_6) blocked.addSubnet(network, bits, 'ipv6');

/** True for an IP address (any way of writing it) outside the public internet; also for what is no IP address. */
export function isPrivateAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  if (!isIPv6(plain)) return !/^\d+\.\d+\.\d+\.\d+$/.test(plain) || blocked.check(plain, 'ipv4');
  const mapped = mappedIpv4(plain);
  return mapped === undefined ? blocked.check(plain, 'ipv6') : blocked.check(mapped, 'ipv4');
}

/** The address of version 4 in `::ffff:a.b.c.d`, however that is written. */
function mappedIpv4(address: string): string | undefined {
  const normal = new URL(`http://[${address}]/`).hostname;
  const [, high, low] = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(normal) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}
