import { defineErrors } from '../base/errors.ts';

export const journalErrors = defineErrors('journal', {
  JOURNAL_FULL: {
    doc: 'There is no room on the disk for what was to be journaled. Nothing of it was kept.',
    status: 507,
    retryable: true,
  },
  JOURNAL_BUSY: {
    doc: 'More commits wait for the disk than the queue may hold. Nothing of this one was kept.',
    status: 503,
    retryable: true,
  },
  JOURNAL_SYNC_FAILED: {
    doc: 'The disk failed while the journal was made durable; nothing is acknowledged until the next start.',
    status: 503,
  },
  JOURNAL_CLOSED: { doc: 'The journal was closed before the call.', status: 503 },
  JOURNAL_COMMIT_TOO_LARGE: { doc: 'One commit is larger than the journal takes.', status: 413 },
  JOURNAL_NAME_INVALID: {
    doc: 'The name of a stream, dataset or task is empty, too long or has a NUL in it.',
  },
  JOURNAL_DAMAGED: { doc: 'A part of the journal file is not what was written there.' },
  JOURNAL_VERSION: { doc: 'The journal was written by a newer version of Wharf.' },
  JOURNAL_OPEN_FAILED: { doc: 'The journal file could not be opened.' },
  POSITION_TRIMMED: { doc: 'The journal has let go of the position; history runs hold it.', status: 410 },
  DATA_FOLDER_LOCKED: { doc: 'Another process uses the data folder.', status: 409 },
  DATA_FOLDER_UNUSABLE: { doc: 'The data folder could not be created, or its lock could not be written.' },
});
