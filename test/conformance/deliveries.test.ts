/** Every destination of the registry, held to what all of them promise. */
import { beforeAll, describe, expect, test } from 'vitest';
import { deliveries } from '../../src/deliver/index.ts';
import { PostgresServer, postgresMissing } from '../support/postgres-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type DeliveryUnderTest, describeDelivery } from './deliveries.ts';
import { bucketPlace, filesPlace, postgresPlace, spreadsheetPlace, webhookPlace } from './delivery-places.ts';

const root = await temporaryFolder('deliveries');
const every = process.env.WHARF_EVERY_STEP !== undefined;
let postgres: PostgresServer | undefined;

const connectors = Object.fromEntries(
  await Promise.all(Object.entries(deliveries).map(async ([name, load]) => [name, await load()] as const)),
);

function connectorOf(name: string) {
  const connector = connectors[name];
  if (!connector) throw new Error(`there is no delivery "${name}"`);
  return connector;
}

const UNDER_TEST: Readonly<Record<string, Omit<DeliveryUnderTest, 'connector'>>> = {
  files: {
    modes: ['state', 'changes'],
    makePlace: () => filesPlace(connectorOf('files'), root),
    stepStride: every ? 1 : 2,
    waivers: {},
  },
  'files in a bucket': {
    modes: ['state', 'changes'],
    makePlace: () => bucketPlace(connectorOf('files'), root),
    stepStride: every ? 1 : 5,
    waivers: {},
  },
  postgres: {
    modes: ['state', 'changes'],
    makePlace: () => postgresPlace(connectorOf('postgres'), root, postgres as PostgresServer),
    stepStride: every ? 1 : 7,
    waivers: {},
  },
  spreadsheet: {
    modes: ['state'],
    makePlace: () => spreadsheetPlace(connectorOf('spreadsheet'), root),
    stepStride: every ? 1 : 2,
    waivers: {},
  },
  webhook: {
    modes: ['state', 'changes'],
    makePlace: () => webhookPlace(connectorOf('webhook'), root),
    stepStride: 1,
    waivers: {
      'readers see whole positions': 'records are posted one batch after the other',
      'two writers': 'an address does not know who posts to it',
      'leaves alone what it did not make': 'an address takes what everybody posts',
    },
  },
};

/** `files in a bucket` is one of `files`. */
function connectorName(under: string): string {
  return under.split(' ')[0] ?? '';
}

test('every destination is held to it', () => {
  const held = new Set(Object.keys(UNDER_TEST).map(connectorName));
  expect([...held].sort()).toEqual(Object.keys(deliveries).sort());
});

for (const [name, under] of Object.entries(UNDER_TEST)) {
  describe.skipIf(name === 'postgres' && postgresMissing)(name, () => {
    if (name === 'postgres')
      beforeAll(async () => {
        postgres = await PostgresServer.start();
      });
    describeDelivery({ connector: connectorOf(connectorName(name)), ...under });
  });
}
