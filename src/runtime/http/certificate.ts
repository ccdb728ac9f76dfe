/**
 * What this server shows who it is with: a certificate and its key, read from their files, and read again when they change, so that a renewed one
 * is used without a restart. One that cannot be used does not take the place of one that can.
 */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { Clock } from '../../base/clock.ts';
import { messageOf, WharfError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { TlsFiles } from '../../spec/model.ts';
import '../errors.ts';

const LOOK_AGAIN_MS = 60_000;
const TLS_MIN = 'TLSv1.2';

export type TlsOptions = Pick<SecureContextOptions, 'cert' | 'key' | 'minVersion'>;

interface Shown {
  readonly options: TlsOptions;
  readonly context: SecureContext;
  readonly certificate: X509Certificate;
}

export class Certificate {
  readonly #files: TlsFiles;
  readonly #ended = new AbortController();
  #shown: Shown;
  #onRenewed: ((options: TlsOptions) => void) | undefined;

  private constructor(files: TlsFiles, shown: Shown) {
    this.#files = files;
    this.#shown = shown;
  }

  /** Throws CERTIFICATE_INVALID. */
  static async open(files: TlsFiles): Promise<Certificate> {
    return new Certificate(files, await read(files));
  }

  get options(): TlsOptions {
    return this.#shown.options;
  }

  get context(): SecureContext {
    return this.#shown.context;
  }

  /** ISO 8601, UTC. */
  get validUntil(): string {
    return new Date(this.#shown.certificate.validTo).toISOString();
  }

  /** Whether it is for this name or address. */
  names(host: string): boolean {
    const { certificate } = this.#shown;
    const address = host.replace(/^\[|\]$/g, '');
    return (isIP(address) ? certificate.checkIP(address) : certificate.checkHost(host)) !== undefined;
  }

  /** The first name that it is for; undefined where that stands for many. */
  get name(): string | undefined {
    return /(?:^|, )DNS:([^*,\s]+)(?:,|$)/.exec(this.#shown.certificate.subjectAltName ?? '')?.[1];
  }

  /** From now on until `close`, its files are looked at again; `onRenewed` is told each time that there is another. */
  renew(clock: Clock, log: Log, onRenewed: (options: TlsOptions) => void): void {
    this.#onRenewed = onRenewed;
    void this.#keepLooking(clock, log);
  }

  close(): void {
    this.#ended.abort(new Error('The server is closed.'));
  }

  async #keepLooking(clock: Clock, log: Log): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      try {
        await clock.sleep(LOOK_AGAIN_MS, signal);
        await this.#lookAgain();
      } catch (error) {
        if (!signal.aborted) log.warn(`The certificate stays as it was: ${messageOf(error)}`);
      }
    }
  }

  async #lookAgain(): Promise<void> {
    const now = await read(this.#files);
    const { cert, key } = this.#shown.options;
    if (now.options.cert === cert && now.options.key === key) return;
    this.#shown = now;
    this.#onRenewed?.(now.options);
  }
}

async function read({ certificate, key }: TlsFiles): Promise<Shown> {
  try {
    const options = {
      cert: await readFile(certificate, 'utf8'),
      key: await readFile(key, 'utf8'),
      minVersion: TLS_MIN,
    } as const;
    // Fails, too, where the key is that of another certificate.
    const context = createSecureContext(options);
    return { options, context, certificate: new X509Certificate(options.cert) };
  } catch (cause) {
    throw new WharfError(
      'CERTIFICATE_INVALID',
      `The certificate "${certificate}" with the key "${key}" cannot be used: ${messageOf(cause)}.`,
      {
        hint: 'Both are PEM files: a certificate (its chain behind it), and the private key that belongs to it.',
        cause,
      },
    );
  }
}
