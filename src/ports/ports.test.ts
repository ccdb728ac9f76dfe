import { ports } from './index.ts';
import { testPorts } from './test-support/port-conformance.ts';

testPorts(ports);
