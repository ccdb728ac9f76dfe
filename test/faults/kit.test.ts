/** All experiments but those that go on beside them in files of their own. `npm run faults` is the long form. */

import { expectPromises } from './kit/expect-promises.ts';
import { EXPERIMENTS } from './kit/experiments.ts';

const ELSEWHERE = ['ledger', 'ports'];

expectPromises(EXPERIMENTS.filter(({ name }) => !ELSEWHERE.includes(name)));
