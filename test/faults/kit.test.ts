/** All experiments but the ledger, which mostly waits, and so goes on beside them in a file of its own. `npm run faults` is the long form. */

import { expectPromises } from './kit/expect-promises.ts';
import { EXPERIMENTS } from './kit/experiments.ts';

expectPromises(EXPERIMENTS.filter(({ name }) => name !== 'ledger'));
