/** The input `file`: files of a folder. `follow-files.ts` looks for news in them. */
import { type CaptureContext, definePullInput } from '../../kit/input.ts';
import { fileOptionFields, readFileOptions } from './file-options.ts';
import { findFiles } from './find-files.ts';
import { followFiles } from './follow-files.ts';

export const fileInput = definePullInput({
  name: 'file',
  doc: 'Files of a folder, in CSV, JSON, NDJSON or Parquet, also with .gz; new files and new lines are picked up.',
  options: fileOptionFields,
  capture(context: CaptureContext) {
    const options = readFileOptions(context.options);
    return followFiles(context, options, { look: () => findFiles(context.baseFolder, options.paths) });
  },
});
