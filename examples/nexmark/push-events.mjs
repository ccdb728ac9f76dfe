// Pushes the events of the auctions to a server: `node examples/nexmark/push-events.mjs [how many] [address] [seed]`.
import { auctionEvents, pushesOf } from './events.mjs';

const BATCH = 1_000;
const [count = '10000', url = 'http://127.0.0.1:7400', seed = '42'] = process.argv.slice(2);
if (!/^\d+$/.test(count) || !/^\d+$/.test(seed)) {
  console.error('Usage: node examples/nexmark/push-events.mjs [how many] [address] [seed]');
  process.exit(2);
}

let pushed = 0;
for (const pushes of pushesOf(auctionEvents({ seed: Number(seed), count: Number(count) }), BATCH)) {
  for (const { product, op, records } of pushes) {
    const problem = await push(`${url}/p/auctions.${product}/v1/inputs/source?op=${op}`, records);
    if (problem) {
      console.error(problem);
      process.exit(1);
    }
    pushed += records.length;
  }
}
console.log(`${pushed} events pushed`);

/** What went wrong; undefined once the records are on the server's disk. */
async function push(address, records) {
  const body = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const headers = { 'Content-Type': 'application/x-ndjson' };
  try {
    const response = await fetch(address, { method: 'POST', headers, body });
    const answer = await response.text();
    return response.ok ? undefined : `${address} answered ${response.status}: ${answer}`;
  } catch (error) {
    return `${address} cannot be reached (${error.cause?.message ?? error.message}). Start it with: wharf up examples/nexmark`;
  }
}
