import { parseDuration } from '../../base/duration.ts';
import { type Command, type CommandContext, UsageError } from '../command.ts';
import { type Connection, connect } from '../connect.ts';
import { DATA_OPTION, MESH_OPTION } from '../mesh-folder.ts';
import { formatTable } from '../terminal.ts';

const DEEDS = ['create', 'list', 'rotate', 'revoke'] as const;
type Deed = (typeof DEEDS)[number];

interface TokenInfo {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly teams: readonly string[];
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
}

export const tokenCommand: Command = {
  name: 'token',
  summary: 'make, list, rotate and revoke the tokens by which people and services are known',
  arguments: [
    { name: '<deed>', doc: DEEDS.join(', ') },
    { name: '[id]', doc: 'the token to rotate or revoke' },
  ],
  options: [
    MESH_OPTION,
    DATA_OPTION,
    { flags: '--for <name>', doc: 'whose it is: ana, service:etl, or operator:bo who may do everything' },
    {
      flags: '--team <name>',
      doc: 'a team that its owner belongs to, besides those of the mesh',
      repeat: true,
    },
    { flags: '--attribute <name=value>', doc: 'what conditions of access may ask for', repeat: true },
    { flags: '--product <name>', doc: 'only this product, as domain.name or domain.name@1', repeat: true },
    { flags: '--port <name>', doc: 'only through this port', repeat: true },
    { flags: '--action <name>', doc: 'only this action, such as read or push', repeat: true },
    { flags: '--expires <duration>', doc: 'how long it holds, such as 90d; without end when left out' },
  ],
  examples: [
    'wharf token create --for ana --team planning --expires 90d',
    'wharf token create --for service:etl --product shop.orders --action push',
    'wharf token list',
    'wharf token revoke 4f2a81c09b7d3e65',
  ],
  async run(context) {
    const deed = deedOf(context);
    const body = deed === 'create' ? creation(context) : undefined;
    const connection = await connect(context);
    try {
      if (deed === 'list') return await list(context, connection);
      if (deed === 'revoke') return await revoke(context, connection);
      const path = deed === 'create' ? '/api/tokens' : `/api/tokens/${context.arguments[1]}/rotate`;
      return await give(context, connection, path, body);
    } finally {
      await connection.close();
    }
  },
};

/** Throws a UsageError before anything is opened. */
function deedOf({ arguments: [given, id], options }: CommandContext): Deed {
  const deed = DEEDS.find((known) => known === given);
  if (!deed)
    throw new UsageError(
      `"${given ?? ''}" is not something to do with tokens.`,
      `Use one of: ${DEEDS.join(', ')}.`,
    );
  const needsId = deed === 'rotate' || deed === 'revoke';
  if (needsId && !/^[0-9a-f]{16}$/.test(id ?? ''))
    throw new UsageError(`"${id ?? ''}" is not the id of a token.`, 'wharf token list shows them.');
  if (!needsId && id !== undefined) throw new UsageError(`wharf token ${deed} takes no id.`);
  if (deed === 'create' && options.for === undefined)
    throw new UsageError('Whose token is it?', 'wharf token create --for ana');
  return deed;
}

function creation({ options }: CommandContext): Readonly<Record<string, unknown>> {
  const many = (name: string) => [options[name] ?? []].flat().map(String);
  const expiresMs = options.expires === undefined ? undefined : parseDuration(String(options.expires));
  if (options.expires !== undefined && expiresMs === undefined)
    throw new UsageError(`"${options.expires}" is not a duration.`, 'Write it like 90d or 12h.');
  const attributes = many('attribute').map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`"${text}" is not a name and a value.`, '--attribute region=emea');
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  return {
    for: options.for,
    teams: many('team'),
    attributes: Object.fromEntries(attributes),
    ...limit('products', many('product')),
    ...limit('ports', many('port')),
    ...limit('actions', many('action')),
    ...(expiresMs === undefined ? {} : { expiresMs }),
  };
}

function limit(name: string, values: readonly string[]): Readonly<Record<string, readonly string[]>> {
  return values.length === 0 ? {} : { [name]: values };
}

async function give(context: CommandContext, { call }: Connection, path: string, body: unknown): Promise<0> {
  const given = await call<{ token: TokenInfo; text: string }>('POST', path, body ?? {});
  const { terminal } = context;
  if (terminal.json) terminal.printJson(given);
  else {
    terminal.print(given.text);
    terminal.note(
      `The token ${given.token.id} of ${given.token.name}${ends(given.token)}. It is shown this once: keep it where only its owner reads.`,
    );
  }
  return 0;
}

async function list({ terminal }: CommandContext, { call }: Connection): Promise<0> {
  const answer = await call<{ tokens: readonly TokenInfo[] }>('GET', '/api/tokens');
  if (terminal.json) {
    terminal.printJson(answer);
    return 0;
  }
  const rows = answer.tokens.map((token) => [
    token.id,
    `${token.kind}:${token.name}`,
    token.teams.join(', '),
    token.createdAt.slice(0, 10),
    token.revokedAt === null ? (token.expiresAt?.slice(0, 10) ?? 'never') : 'revoked',
    token.lastUsedAt ?? 'never',
  ]);
  for (const line of formatTable(['token', 'of', 'teams', 'made', 'ends', 'last used'], rows))
    terminal.print(line);
  if (rows.length === 0)
    terminal.print('There is no token yet. Make one with: wharf token create --for <name>');
  return 0;
}

async function revoke({ terminal, arguments: [, id] }: CommandContext, { call }: Connection): Promise<0> {
  const answer = await call<{ token: TokenInfo }>('POST', `/api/tokens/${id}/revoke`, {});
  if (terminal.json) terminal.printJson(answer);
  else terminal.print(`The token ${id} of ${answer.token.name} is good for nothing any more.`);
  return 0;
}

function ends({ expiresAt }: TokenInfo): string {
  return expiresAt === null ? ' does not end by itself' : ` holds until ${expiresAt}`;
}
