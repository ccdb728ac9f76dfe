import { defineErrors } from '../../base/errors.ts';

export const xlsxErrors = defineErrors('protocols/xlsx', {
  XLSX_CELL_TOO_LONG: { doc: 'A text is longer than a cell of a workbook can hold.', status: 422 },
  XLSX_TOO_WIDE: { doc: 'A table has more columns than a sheet of a workbook can hold.', status: 422 },
  XLSX_TOO_LARGE: {
    doc: 'A workbook would be larger than a ZIP file without extensions can be.',
    status: 422,
  },
});
