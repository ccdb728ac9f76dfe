import { defineErrors } from '../../base/errors.ts';

export const excelErrors = defineErrors('inputs/excel', {
  EXCEL_UNREADABLE: {
    doc: 'A file of an excel input is no workbook; it may still be being written.',
    retryable: true,
  },
  EXCEL_TOO_LARGE: {
    doc: 'A workbook is larger than WORKBOOK_BYTES_MAX, or than UNPACKED_BYTES_MAX when unpacked.',
    status: 400,
  },
  EXCEL_SHEET_UNKNOWN: { doc: 'A workbook has no sheet of the name that was given.', status: 400 },
  EXCEL_RANGE_INVALID: { doc: 'The range of an excel input is not one of cells.', status: 400 },
  EXCEL_HEADER_INVALID: {
    doc: 'The header row of a sheet names a column twice, or none at all.',
    status: 400,
  },
});
