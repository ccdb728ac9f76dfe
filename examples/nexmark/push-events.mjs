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
    const response = await fetch(`${url}/p/auctions.${product}/v1/inputs/source?op=${op}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson' },
      body: records.map((record) => `${JSON.stringify(record)}\n`).join(''),
    });
    const answer = await response.text();
    if (!response.ok) {
      console.error(`The server answered ${response.status}: ${answer}`);
      process.exit(1);
    }
    pushed += records.length;
  }
}
console.log(`${pushed} events pushed`);
