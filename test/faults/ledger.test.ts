/** Two hundred kills; `npm run faults -- ledger` makes two thousand. */
import { expectPromises } from './kit/expect-promises.ts';
import { ledger } from './kit/ledger/ledger.ts';

expectPromises([ledger]);
