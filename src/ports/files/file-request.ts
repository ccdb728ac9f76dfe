/** Which file a request asks for. */
import type { FastifyRequest } from 'fastify';
import { WharfError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { PortHost } from '../../kit/port.ts';
import type { FileFormat, ProductReader } from '../../kit/reader.ts';
import type { Dataset } from '../../schema/field.ts';
import { onceParameters } from '../answer/once-parameters.ts';
import { queryParameters } from '../answer/query-parameters.ts';
import { quoted, RequestProblems } from '../answer/request-problems.ts';
import '../errors.ts';
import { servedFormats } from './file-format.ts';

export interface AskedFile {
  readonly dataset: Dataset;
  readonly format: FileFormat;
  readonly at: string | undefined;
  /** Leave text as it is that a spreadsheet would run. */
  readonly rawFormulas: boolean;
}

/** Throws FILE_UNKNOWN, and one error with all problems of the query. */
export function parseFileRequest(host: PortHost, request: FastifyRequest, reader: ProductReader): AskedFile {
  const { file } = request.params as { readonly file: string };
  const datasets = shownDatasets(host, request, reader);
  const formats = servedFormats(host.options(reader));
  const dataset = datasets.find((d) => file.startsWith(`${d.name}.`));
  const format = formats.find((f) => dataset && file === `${dataset.name}.${f}`);
  if (!dataset || !format) throw fileUnknown(file, datasets, formats);
  return { dataset, format, ...parseFileQuery(request) };
}

/** Below a dataset's path there are only its own files. */
export function shownDatasets(
  host: PortHost,
  request: FastifyRequest,
  reader: ProductReader,
): readonly Dataset[] {
  const { dataset } = request.params as { readonly dataset?: string };
  if (dataset === undefined) return reader.product.datasets;
  const name = host.dataset(request, reader);
  return reader.product.datasets.filter((d) => d.name === name);
}

function parseFileQuery(request: FastifyRequest): Pick<AskedFile, 'at' | 'rawFormulas'> {
  const problems = new RequestProblems();
  const { at, formulas } = onceParameters(queryParameters(request), ['at', 'formulas'], problems);
  if (formulas !== undefined && formulas !== 'raw') {
    problems.add({
      code: 'OPTION_INVALID',
      parameter: 'formulas',
      detail: `The value ${quoted(formulas)} of "formulas" is not one that it can have.`,
      hint: 'It can be: raw. Leave it out to have formulas defused.',
    });
  }
  problems.throwIfAny();
  return { at, rawFormulas: formulas === 'raw' };
}

function fileUnknown(file: string, datasets: readonly Dataset[], formats: readonly FileFormat[]): WharfError {
  const known = datasets.flatMap((dataset) => formats.map((format) => `${dataset.name}.${format}`));
  return new WharfError('FILE_UNKNOWN', `There is no file ${quoted(file)}.`, {
    hint: `${didYouMean(file, known)} There are: ${known.join(', ')}.`.trimStart(),
  });
}
