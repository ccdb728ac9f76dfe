/** The destination `spreadsheet`: a workbook of Excel that holds the product's rows, and what is known of them. */
import path from 'node:path';
import { WharfError } from '../../base/errors.ts';
import { defineDelivery } from '../../kit/delivery.ts';
import '../../kit/errors.ts';
import { SpreadsheetDestination } from './spreadsheet-destination.ts';

export const spreadsheetDelivery = defineDelivery({
  name: 'spreadsheet',
  doc: 'A workbook (.xlsx) for Excel and its like, replaced as a whole: the rows, the fields with their docs, the contract, and what the checks found.',
  guarantee: 'exactly-once',
  options: [
    {
      name: 'path',
      type: 'string',
      required: true,
      path: true,
      pattern: '\\.xlsx$',
      doc: 'The file, of this delivery alone; its folder is made where it is missing. What people change in it is lost with the next delivery.',
      example: 'exports/departures.xlsx',
    },
    {
      name: 'connection',
      type: 'string',
      connectionName: true,
      connectionTypes: ['folder'],
      doc: 'The folder that the path starts from; the mesh folder when left out.',
    },
    {
      name: 'every',
      type: 'string',
      default: '15m',
      doc: 'When to write: a duration or a cron line. With `records`, whichever comes first.',
      example: '1d at 05:00Z',
    },
  ],
  open(context) {
    const file = path.resolve(context.baseFolder, String(context.options.path));
    if (!file.toLowerCase().endsWith('.xlsx'))
      throw new WharfError(
        'DELIVERY_INVALID',
        `"${String(context.options.path)}" is no name of a workbook.`,
        {
          hint: 'Write a path that ends with .xlsx.',
        },
      );
    return SpreadsheetDestination.open(context, file);
  },
});
