/** The composition root: the only file that knows every connector, port and delivery there is. */
import { codeOf } from './base/errors.ts';
import { runCli } from './cli/run-cli.ts';
import { deliveries } from './deliver/index.ts';
import { inputs } from './inputs/index.ts';
import type { Registries } from './kit/registry.ts';
import { ports } from './ports/index.ts';

const registries: Registries = { inputs, ports, deliveries };

const stop = new AbortController();
let asked = 0;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    asked += 1;
    if (asked > 1) process.exit(130);
    stop.abort(new Error(signal));
  });
}

// Whoever reads less than all of an answer (`| head`) has what they wanted: the command ends in order.
process.stdout.on('error', (error) => {
  if (codeOf(error) !== 'EPIPE') throw error;
  stop.abort(error);
});

runCli({ argv: process.argv.slice(2), registries, signal: stop.signal }).then((code) => {
  process.exitCode = code;
});
