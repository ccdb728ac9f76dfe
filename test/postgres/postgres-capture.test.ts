/**
 * Random transactions at the source while Wharf reads, is killed and started again, and the server is restarted. Each transaction keeps
 * the sum of all balances and writes its number into a row, so a position that shows a part of one is found by its sum, and one that
 * lost one by the end.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { integerBetween, seededRandom } from '../../src/base/random.ts';
import { eventually, itemsSpec, meshFolder } from '../support/mesh-folder.ts';
import { PostgresServer, postgresMissing } from '../support/postgres-server.ts';
import { SEED } from '../support/seed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { WharfProcess } from '../support/wharf-process.ts';

const ACCOUNTS = 200;
const BALANCE = 1_000;
const ROUNDS = Number(process.env.WHARF_POSTGRES_ROUNDS ?? 2);

interface Account {
  readonly id: number;
  readonly balance: number;
  readonly note: string | null;
}

describe.skipIf(postgresMissing)('a product of a table', () => {
  let server: PostgresServer;
  let mesh: string;
  beforeAll(async () => {
    server = await PostgresServer.start({ settings: { fsync: 'on' } });
    await server.query(`create table accounts (id int primary key, balance bigint not null, note text);
      insert into accounts select n, ${BALANCE}, null from generate_series(1, ${ACCOUNTS}) n`);
    mesh = await meshFolder({
      'mesh.yaml': `mesh: test
connections:
  bank: { type: postgres, host: 127.0.0.1, port: ${server.port}, database: postgres, user: postgres, password: "\${BANK_PASSWORD}", tls: off }
`,
      'items.product.yaml':
        itemsSpec(`inputs: { accounts: { from: postgres, connection: bank, table: accounts } }
key: [id]
fields: { id: integer, balance: { type: integer, required: true }, note: string }
`),
    });
  });

  test(`equals the table at the end, and shows no half of a transaction on its way, over kill -9 (seed ${SEED})`, async () => {
    const random = seededRandom(SEED);
    const data = await temporaryFolder('data');
    const start = () => WharfProcess.start({ mesh, data, env: { BANK_PASSWORD: server.password } });
    const writing = new AbortController();
    const writer = write(server, random, writing.signal);
    let wharf = await start();
    for (let round = 0; round < ROUNDS; round++) {
      const endMs = Date.now() + integerBetween(random, 300, 900);
      while (Date.now() < endMs) await checkSum(wharf);
      await wharf.kill();
      if (round === 1) {
        await server.stop('SIGKILL');
        await server.startAgain();
      }
      wharf = await start();
    }
    writing.abort();
    const transactions = await writer;
    expect(transactions).toBeGreaterThan(10);
    const expected = await server.query<Account>(
      'select id, balance::int as balance, note from accounts order by id',
    );
    const found = await eventually(
      () => rowsOf(wharf).then(({ rows }) => rows),
      (rows) => JSON.stringify(rows) === JSON.stringify(expected),
    );
    expect(found).toEqual(expected);
    await wharf.stop();
  });
});

async function rowsOf(wharf: WharfProcess, at = ''): Promise<{ position: number; rows: Account[] }> {
  return wharf.get(`/p/test.items/v1/rows?limit=1000&order=id.asc${at}`);
}

async function checkSum(wharf: WharfProcess): Promise<void> {
  const { rows, position } = await rowsOf(wharf);
  // Before the copy has been caught up with, nothing is shown.
  if (rows.length === 0) expect(position).toBe(0);
  else expect(sumOf(rows), `the sum at position ${position}`).toBe(ACCOUNTS * BALANCE);
}

function sumOf(rows: readonly Account[]): number {
  return rows.reduce((sum, row) => sum + row.balance, 0);
}

/** Transactions of several statements each, until the signal; a server that is away is tried again. */
async function write(
  server: PostgresServer,
  random: ReturnType<typeof seededRandom>,
  signal: AbortSignal,
): Promise<number> {
  let done = 0;
  while (!signal.aborted) {
    try {
      const client = await server.connect();
      while (!signal.aborted) {
        await client.query(transaction(random, done));
        done += 1;
      }
      await client.end();
    } catch (error) {
      if (!(error instanceof Error) || !/terminat|ECONN|starting up|shut|accepting/i.test(error.message))
        throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return done;
}

/** Moves money in several steps, renames accounts, or removes one and makes it again; the sum stays. */
function transaction(random: ReturnType<typeof seededRandom>, number: number): string {
  const account = () => integerBetween(random, 1, ACCOUNTS);
  const [a, b, c] = [account(), account(), account()];
  const amount = integerBetween(random, 1, 50);
  const kind = integerBetween(random, 0, 3);
  const move = `update accounts set balance = balance - ${amount}, note = 't${number}' where id = ${a};
    update accounts set balance = balance + ${amount} where id = ${b};`;
  if (kind === 0) return `begin; ${move} ${move} commit`;
  if (kind === 1)
    return `begin; update accounts set id = id + 1000 where id = ${c}; ${move} update accounts set id = id - 1000 where id = ${c + 1000};
      update accounts set balance = balance + (select coalesce(${ACCOUNTS * BALANCE} - sum(balance), 0) from accounts) where id = (select min(id) from accounts); commit`;
  if (kind === 2)
    return `begin; create temp table kept on commit drop as select * from accounts where id = ${c}; delete from accounts where id = ${c};
      insert into accounts select id, balance, 'again ${number}' from kept; commit`;
  return `begin; ${move} rollback`;
}
