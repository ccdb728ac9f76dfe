/** What is wrong with the certificate of a mesh, as far as it can be seen here: a warning, since its files may be on the serving machine alone. */
import { messageOf } from '../../base/errors.ts';
import type { Diagnostic } from '../../spec/diagnostic.ts';
import type { Mesh } from '../../spec/model.ts';
import { Certificate } from '../http/certificate.ts';

export async function certificateProblems({ serve: { tls } }: Mesh, nowMs: number): Promise<Diagnostic[]> {
  if (!tls) return [];
  const message = await problemOf(tls, nowMs);
  if (message === undefined) return [];
  const hint =
    'On the machine that serves the mesh, a certificate and its own key, both in PEM, must stand there.';
  return [{ code: 'CERTIFICATE_INVALID', severity: 'warning', message, place: tls.place, hint }];
}

async function problemOf(tls: NonNullable<Mesh['serve']['tls']>, nowMs: number): Promise<string | undefined> {
  try {
    const { validUntil } = await Certificate.open(tls);
    return Date.parse(validUntil) > nowMs
      ? undefined
      : `The certificate "${tls.certificate}" was good until ${validUntil}.`;
  } catch (error) {
    return messageOf(error);
  }
}
