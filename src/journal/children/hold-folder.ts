/** Takes a data folder, says so, and keeps it until its standard input ends: `hold-folder <folder> [url]`. */
import { codeOf, messageOf } from '../../base/errors.ts';
import { openDataFolder } from '../data-folder.ts';

const [folder = '', url] = process.argv.slice(2);
try {
  const held = await openDataFolder(folder, { mesh: 'test' });
  if (url !== undefined) await held.describe({ url });
  process.stdout.write(`held ${process.pid}\n`);
  for await (const _ of process.stdin);
  await held.release();
} catch (error) {
  process.stdout.write(`refused ${codeOf(error)} ${messageOf(error)}\n`);
}
