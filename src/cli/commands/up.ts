import path from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { lineLog } from '../../base/log.ts';
import { followRules } from '../../runtime/access/follow-rules.ts';
import { checkMesh } from '../../runtime/check/check-mesh.ts';
import { type ProductStatus, platformStatus } from '../../runtime/product-status.ts';
import { type Serving, serve } from '../../runtime/serve.ts';
import type { TlsFiles } from '../../spec/model.ts';
import { printDiagnostic } from '../../spec/print-diagnostic.ts';
import { type Command, type CommandContext, UsageError } from '../command.ts';
import { DATA_OPTION, dataFolderOf, FOLDER_ARGUMENT, meshFolder } from '../mesh-folder.ts';
import { meshInvalid } from '../mesh-invalid.ts';
import { optionNumber, PORT_BOUNDS } from '../option-number.ts';
import { plural } from '../plural.ts';
import { progressLines } from '../progress-text.ts';
import { formatTable, type Terminal } from '../terminal.ts';

const HTTP_PORT_DEFAULT = '7400';
const SQL_PORT_DEFAULT = '7432';
const FIRST_READ_POLL_MS = 50;
/** A look takes at most one in so many parts of the time. */
const LOOK_SHARE = 20;

export const upCommand: Command = {
  name: 'up',
  summary: 'capture and serve a mesh, until Ctrl-C',
  arguments: [FOLDER_ARGUMENT],
  options: [
    DATA_OPTION,
    { flags: '--host <address>', doc: 'the address to listen on', default: '127.0.0.1' },
    { flags: '--port <number>', doc: 'the HTTP port; 0 takes any free one', default: HTTP_PORT_DEFAULT },
    {
      flags: '--sql-port <number>',
      doc: `the port for Postgres clients; 0 takes any free one; ${SQL_PORT_DEFAULT} when left out, or 0 where --port is`,
    },
    {
      flags: '--tls-cert <file>',
      doc: 'the certificate, in PEM, in place of the one that mesh.yaml names; with --tls-key',
    },
    { flags: '--tls-key <file>', doc: 'its private key, in PEM' },
  ],
  examples: ['wharf up', 'wharf up examples/skyline --port 8080 --data /var/lib/wharf'],
  async run(context) {
    const { terminal, registries, options, signal } = context;
    const folder = meshFolder(context.arguments[0]);
    const port = optionNumber('--port', options.port, PORT_BOUNDS);
    const sqlDefault = port === 0 ? '0' : SQL_PORT_DEFAULT;
    const sqlPort = optionNumber('--sql-port', options.sqlPort ?? sqlDefault, PORT_BOUNDS);
    const { mesh, diagnostics, sources } = await checkMesh(folder, registries);
    for (const d of diagnostics)
      terminal.note(`${printDiagnostic(d, sources, { colour: terminal.colour })}\n`);
    if (!mesh) throw meshInvalid(diagnostics);
    const log = lineLog((line) => terminal.note(line), terminal.json);
    const serving = await serve({
      mesh,
      dataFolder: dataFolderOf(folder, options.data),
      registries,
      host: String(options.host),
      port,
      sqlPort,
      tls: tlsFiles(options.tlsCert, options.tlsKey),
      log,
    });
    const closing = new AbortController();
    void followRules(serving.platform, {
      registries,
      sources,
      log,
      clock: systemClock,
      signal: closing.signal,
    });
    try {
      await tellReady(serving, terminal, context);
      await tellFirstToken(serving, terminal);
      const { lost } = serving.platform.dataFolder;
      await untilAborted(AbortSignal.any([signal, lost]));
      if (lost.aborted) {
        terminal.note('Another process has taken the data folder over; this one stops.');
        return 1;
      }
    } finally {
      closing.abort(new Error('closing'));
      await serving.close();
    }
    return 0;
  },
};

/** Throws UsageError for one without the other. */
function tlsFiles(certificate: unknown, key: unknown): TlsFiles | undefined {
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined)
    throw new UsageError(
      '--tls-cert and --tls-key come together.',
      'wharf up --tls-cert cert.pem --tls-key key.pem',
    );
  return { certificate: path.resolve(String(certificate)), key: path.resolve(String(key)) };
}

async function tellReady(serving: Serving, terminal: Terminal, { signal }: CommandContext): Promise<void> {
  const started = Date.now();
  const { mesh } = serving.platform;
  if (!terminal.json)
    terminal.print(
      `${terminal.style('bold', mesh.name)} is served at ${terminal.style('cyan', serving.url)}\n`,
    );
  let { status, waitMs } = await look(serving);
  while (!signal.aborted && status.some((product) => product.health === 'busy')) {
    const [longest] = progressLines(status);
    const records = status.reduce((sum, product) => sum + product.position, 0);
    terminal.busy(started, longest ?? `reading: ${plural(records, 'record', 'records')}`);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    ({ status, waitMs } = await look(serving));
  }
  if (terminal.json)
    terminal.printJson({ url: serving.url, sqlUrl: serving.sqlUrl, pid: process.pid, products: status });
  else printProducts(status, serving.url, terminal);
  if (!terminal.json && serving.sqlUrl)
    terminal.print(terminal.style('dim', `Postgres clients: psql ${serving.sqlUrl}`));
}

/** Of thousands of products a look takes long, and the work that is waited for needs the time. */
async function look({ platform }: Serving): Promise<{ status: readonly ProductStatus[]; waitMs: number }> {
  const startedMs = performance.now();
  const status = await platformStatus(platform);
  return { status, waitMs: Math.max(FIRST_READ_POLL_MS, LOOK_SHARE * (performance.now() - startedMs)) };
}

/** Whoever starts a mesh for the first time may do everything with it, from elsewhere, too. */
async function tellFirstToken({ platform: { tokens } }: Serving, terminal: Terminal): Promise<void> {
  if (!tokens.isNew) return;
  const owner = { kind: 'operator', name: 'admin', teams: [], attributes: {} } as const;
  const { text } = await tokens.create(owner, undefined);
  terminal.note(`The operator's token, shown this once: ${text}`);
}

function printProducts(status: readonly ProductStatus[], url: string, terminal: Terminal): void {
  const rows = [...status]
    .sort((a, b) => (a.product < b.product ? -1 : 1))
    .map((product) => {
      const [name, major] = product.product.split('@');
      return [
        product.product,
        product.position,
        product.rejects,
        product.health,
        `${url}/p/${name}/v${major}`,
      ];
    });
  for (const line of formatTable(['product', 'records', 'rejects', 'state', 'address'], rows))
    terminal.print(line);
  const failing = status.flatMap((product) => product.tasks.filter((task) => task.lastError));
  for (const task of failing)
    terminal.print(terminal.style('red', `\n${task.task}: ${task.lastError?.message}`));
  const first = rows[0]?.[4];
  if (first === undefined) terminal.print('There is no product yet. Add one with: wharf add <file or url>');
  else terminal.print(`\nTry: curl '${first}/rows?limit=3'`);
  const records = status.reduce((sum, product) => sum + product.position, 0);
  terminal.print(
    terminal.style(
      'dim',
      `${plural(records, 'record is', 'records are')} on disk and served. Ctrl-C stops; the data stays.`,
    ),
  );
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    // Keeps the process alive even when every handle is unreferenced.
    const alive = setInterval(() => undefined, 1 << 30);
    signal.addEventListener('abort', () => clearInterval(alive), { once: true });
  });
}
