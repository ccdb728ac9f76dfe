/** A hundred thousand rows by every port; `npm run faults -- ports` asks two thousand questions. */
import { expectPromises } from './kit/expect-promises.ts';
import { ports } from './kit/ports/ports.ts';

expectPromises([ports]);
