/** The input `excel`: sheets of workbooks in a folder, as people edit them by hand. */
import { type CaptureContext, definePullInput } from '../../kit/input.ts';
import type { OptionField } from '../../schema/options.ts';
import { fileOptionFields, readFileOptions } from '../file/file-options.ts';
import { findFiles } from '../file/find-files.ts';
import { followFiles } from '../file/follow-files.ts';
import './errors.ts';

const excelOptionFields: readonly OptionField[] = [
  ...fileOptionFields
    .filter(({ name }) => ['path', 'connection'].includes(name))
    .map((option) => (option.name === 'path' ? { ...option, example: 'plans/*.xlsx' } : option)),
  { name: 'sheet', type: 'string', doc: 'The name of the sheet; the first one when left out.' },
  {
    name: 'range',
    type: 'string',
    doc: 'The cells of the table, its header row first; what the sheet uses when left out. Without a last row it goes to the end.',
    example: 'B2:F',
  },
  {
    name: 'mode',
    type: 'string',
    enum: ['append', 'snapshot'],
    default: 'snapshot',
    replaces: 'snapshot',
    doc: 'snapshot: the sheets together are all records; a key that is gone is deleted. append: rows are added.',
  },
  ...fileOptionFields.filter(({ name }) => name === 'every'),
];

export const excelInput = definePullInput({
  name: 'excel',
  doc: 'Sheets of .xlsx workbooks in a folder; what is saved there is picked up.',
  options: excelOptionFields,
  capture(context: CaptureContext) {
    const { options: given, baseFolder } = context;
    const options = readFileOptions({ mode: 'snapshot', ...given, format: 'ndjson' });
    const sheet = given.sheet === undefined ? undefined : String(given.sheet);
    const range = given.range === undefined ? undefined : String(given.range);
    return followFiles(context, options, {
      look: async () => {
        const files = await findFiles(baseFolder, options.paths);
        // A lock file lies beside a workbook while it is open in an office program.
        return files.filter(({ name }) => !/(^|\/)~\$/.test(name));
      },
      // The library is large, and few meshes have workbooks.
      bring: async (file) =>
        (await import('./bring-workbook.ts')).bringWorkbook(file, { sheet, range }, context),
    });
  },
});
