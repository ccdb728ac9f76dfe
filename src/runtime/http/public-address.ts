/** What an address that other machines can reach needs: nothing goes over the network in clear, and nobody gets anything unknown. */
import { WharfError } from '../../base/errors.ts';
import '../errors.ts';
import type { Certificate } from './certificate.ts';
import { isLoopback } from './guard.ts';

export interface Terms {
  /** Undefined: TLS is not spoken. */
  readonly certificate: Certificate | undefined;
  readonly needsToken: boolean;
}

/** Throws LISTEN_FAILED. */
export function checkAddress(host: string, { certificate, needsToken }: Terms): void {
  if (isLoopback(host) || (certificate && needsToken)) return;
  const lacking = [
    ...(certificate ? [] : ['no certificate']),
    ...(needsToken ? [] : ['no rule that everybody shows a token']),
  ];
  throw new WharfError(
    'LISTEN_FAILED',
    `The address "${host}" can be reached from other machines, and there is ${lacking.join(' and ')}.`,
    {
      hint: 'Say both in mesh.yaml, "serve: { tls: { certificate: cert.pem, key: key.pem }, tokens: required }", or use --host 127.0.0.1.',
    },
  );
}
