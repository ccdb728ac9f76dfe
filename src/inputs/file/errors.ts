import { defineErrors } from '../../base/errors.ts';

export const fileErrors = defineErrors('inputs/file', {
  FILE_OPTIONS_INVALID: {
    doc: 'Options of a file input do not fit together, or one has a value that it cannot have.',
    status: 400,
  },
  FILE_FORMAT_UNKNOWN: {
    doc: 'The format of a file follows neither from its suffix nor from the options.',
    status: 400,
  },
  FILE_TOO_MANY: { doc: 'The paths of a file input match more than FILES_MAX files.', status: 400 },
  FILE_OUTSIDE: { doc: 'A path or a symbolic link of a file input leaves its folder.', status: 400 },
  FILE_UNREADABLE: { doc: 'A file or folder of a file input could not be read.', retryable: true },
  FILE_UNSTABLE: {
    doc: 'The files of a snapshot were being written each time they were read.',
    retryable: true,
  },
  FILE_GZIP_TRUNCATED: { doc: 'A gzip file ends too early; it may still be being written.', retryable: true },
  FILE_GZIP_DAMAGED: {
    doc: 'A file with the suffix .gz does not hold gzip data, or its check sum is wrong.',
    retryable: true,
  },
  FILE_HEADER_INVALID: {
    doc: 'The header of a CSV file has an empty or repeated column name, or no end.',
    status: 400,
  },
  FILE_REPLAY_TOO_LARGE: {
    doc: 'A file to be replayed in the order of a field holds more than REPLAY_BYTES_MAX bytes.',
    status: 400,
  },
  FILE_CURSOR_INVALID: { doc: 'The durable cursor of a file input is not one that this version wrote.' },
});
