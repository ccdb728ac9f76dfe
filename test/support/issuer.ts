/** An OpenID Connect issuer of the tests' own: its keys on the loopback, and tokens as a test wants them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export interface Issuer {
  /** What mesh.yaml says of it. */
  readonly signIn: Readonly<Record<string, unknown>>;
  token(claims: Readonly<Record<string, unknown>>, endS?: number): Promise<string>;
  close(): Promise<void>;
}

const ISSUER = 'https://id.example.com';

export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }] };
  const server = createServer((_request, response) =>
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(keys)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  return {
    signIn: { issuer: ISSUER, audience: 'wharf', jwks },
    token: (claims, endS) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .setIssuer(ISSUER)
        .setAudience('wharf')
        .setExpirationTime(endS ?? '1d')
        .sign(privateKey),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
