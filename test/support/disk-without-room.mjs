// Loaded into a process before anything else: while the file named by WHARF_TEST_FULL exists, its disks have no room.
import { existsSync, promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { statfs } = promises;
promises.statfs = async (...given) => {
  const known = await statfs(...given);
  return existsSync(process.env.WHARF_TEST_FULL) ? Object.assign(known, { bavail: 0 }) : known;
};
syncBuiltinESMExports();
