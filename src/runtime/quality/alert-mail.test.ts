/** Letters, as a mail server gets them. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { meshOf } from '../../spec/test-support/problems-in.ts';
import type { AlertEvent } from './alert-message.ts';
import { type AlertTarget, alertTargets, isFor } from './alert-target.ts';
import { sendAlert } from './send-alert.ts';

const EVENT: AlertEvent = {
  id: '0123456789abcdef',
  product: 'shop.items@1',
  owner: 'sales',
  topic: 'checks',
  state: 'begun',
  timeMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  message: 'few: There are 3 rows.\r\nBcc: nobody@example.com',
};

interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  readonly text: string;
}

describe('letters', () => {
  let server: SMTPServer;
  let letters: Letter[] = [];
  let refused: string | undefined;

  beforeEach(async () => {
    letters = [];
    refused = undefined;
    server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      authOptional: true,
      onAuth: ({ username, password }, _session, callback) =>
        password === 'secret'
          ? callback(null, { user: username })
          : callback(new Error('Invalid user or password')),
      onRcptTo: ({ address }, _session, callback) =>
        callback(address === refused ? new Error('Mailbox unknown') : null),
      onData(stream, session, callback) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          letters.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            user: session.user,
            text: Buffer.concat(chunks).toString('utf8'),
          });
          callback();
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

  const portOf = () => (server.server.address() as AddressInfo).port;
  const target = (url: string, to = '[owner, ana@example.com]'): AlertTarget => {
    const alert = `people: { email: { to: ${to}, from: wharf@example.com, smtp: "\${SMTP_URL}" } }`;
    const teams = 'teams:\n  sales: { contact: sales@example.com }\n  stock: { contact: "#stock" }\n';
    const mesh = meshOf({ 'mesh.yaml': `mesh: shop\n${teams}alerts:\n  ${alert}\n` });
    return alertTargets(mesh, { SMTP_URL: url })[0] as AlertTarget;
  };
  const send = (to: AlertTarget, event = EVENT) =>
    sendAlert(to, event, { mesh: 'shop', nowMs: EVENT.timeMs, signal: new AbortController().signal });

  it('reach the owner and everybody named, signed in to the server', async () => {
    expect(await send(target(`smtp://wharf:secret@127.0.0.1:${portOf()}`))).toBeUndefined();
    expect(letters).toMatchObject([
      { from: 'wharf@example.com', to: ['sales@example.com', 'ana@example.com'], user: 'wharf' },
    ]);
    const [head = '', ...body] = letters[0]?.text.split('\r\n\r\n') ?? [];
    expect(head).toContain('Subject: [shop] shop.items@1 needs attention');
    expect(head).toContain('Message-ID: <0123456789abcdef@shop.wharf>');
    expect(head).toContain('Auto-Submitted: auto-generated');
    expect(head).not.toContain('Bcc');
    expect(body.join('\n')).toContain('few: There are 3 rows.');
    expect(body.join('\n')).toContain('Since: 2026-01-02T03:04:05.000Z');
    expect(letters[0]?.text).not.toContain('secret');
  });

  it('are said not to be taken, when the server does not take them for everybody', async () => {
    refused = 'ana@example.com';
    expect(await send(target(`smtp://127.0.0.1:${portOf()}`))).toContain('ana@example.com');
    expect(await send(target(`smtp://wharf:wrong@127.0.0.1:${portOf()}`))).toContain('Invalid');
    expect(await send(target('smtp://127.0.0.1:1'))).toMatch(/ECONNREFUSED|EACCES|EPERM/);
  });

  it('go to nobody where the owner has no address', async () => {
    const event = { ...EVENT, owner: 'stock' };
    expect(await send(target(`smtp://127.0.0.1:${portOf()}`, 'owner'), event)).toBeUndefined();
    expect(letters).toEqual([]);
  });
});

describe('who is told', () => {
  const mesh = meshOf({
    'mesh.yaml': `mesh: shop
alerts:
  all: { webhook: "https://example.com/a" }
  sales: { webhook: "https://example.com/b", owners: sales }
  items: { webhook: "https://example.com/c", products: [shop.items] }
`,
  });
  it.each([
    ['shop.items', 'sales', ['all', 'sales', 'items']],
    ['shop.items', 'stock', ['all', 'items']],
    ['shop.orders', 'sales', ['all', 'sales']],
    ['shop.orders', 'stock', ['all']],
  ])('of %s, which %s owns: %s', (name, owner, told) => {
    const targets = alertTargets(mesh, {}).filter((one) => isFor(one, { name, owner }));
    expect(targets.map((one) => one.name)).toEqual(told);
  });

  it('is refused where the variable holds no address of the kind', () => {
    const letter = meshOf({
      'mesh.yaml': `mesh: shop\nalerts: { a: { email: { to: owner, from: a@b.c, smtp: "\${MAIL}" } } }\n`,
    });
    expect(() => alertTargets(letter, { MAIL: 'https://example.com' })).toThrow('smtp://');
    expect(() => alertTargets(letter, {})).toThrow('"MAIL", which is not set');
  });
});
