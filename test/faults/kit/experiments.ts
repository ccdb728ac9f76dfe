import { damageSweep } from './damage-sweep.ts';
import { crashPoints, errorSweep, shortWrites } from './disk-calls.ts';
import type { Experiment } from './experiment.ts';
import { fuzz } from './fuzz.ts';
import { ledger } from './ledger/ledger.ts';
import { overload } from './overload/overload.ts';
import { ports } from './ports/ports.ts';
import { powerCut } from './power-cut.ts';
import { requests } from './requests.ts';
import { restart } from './restart.ts';
import { soak } from './soak/soak.ts';

/** All experiments of the kit, in the order in which they are run. */
export const EXPERIMENTS: readonly Experiment[] = [
  ledger,
  ports,
  crashPoints,
  powerCut,
  errorSweep,
  shortWrites,
  damageSweep,
  fuzz,
  requests,
  overload,
  restart,
  soak,
];
