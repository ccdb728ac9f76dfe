import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { FolderStore } from './files/folder-store.ts';
import { folderError } from './folder-error.ts';

const failure = (code: string) => Object.assign(new Error(code), { code });

it.each([
  ['ENOSPC', 'DELIVERY_NO_ROOM', true],
  ['EDQUOT', 'DELIVERY_NO_ROOM', true],
  ['EBUSY', 'DELIVERY_UNREACHABLE', true],
  ['EROFS', 'DELIVERY_REFUSED', false],
])('what a file system says with %s is told as %s', (said, code, retryable) => {
  expect(folderError(failure(said), '/exports')).toMatchObject({
    code,
    retryable,
    message: expect.stringContaining('/exports'),
  });
});

it('a place that is no folder is told, and what is no matter of the file system stays as it is', async () => {
  const file = path.join(await temporaryFolder('no-folder'), 'file');
  await writeFile(file, 'mine');
  const store = new FolderStore(file);
  await expect(store.putText('latest.json', '{}')).rejects.toMatchObject({ code: 'DELIVERY_REFUSED' });
  const other = new TypeError('a defect');
  expect(folderError(other, file)).toBe(other);
});
