/** `GET /chart` and `/chart.svg`: the declared chart of the rows that match, at one position. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { present } from '../../base/assert.ts';
import { WharfError } from '../../base/errors.ts';
import type { PortHost } from '../../kit/port.ts';
import type { SnapshotReader } from '../../kit/reader.ts';
import { type Chart, type ChartColumn, chartSpec } from '../../protocols/chart/chart-spec.ts';
import type { ChartScheme } from '../../protocols/chart/chart-theme.ts';
import { abortOnClose } from '../answer/abort-on-close.ts';
import { setDataHeaders } from '../answer/data-headers.ts';
import { entityTag } from '../answer/entity-tag.ts';
import { isNotModified } from '../answer/not-modified.ts';
import { queryParameters } from '../answer/query-parameters.ts';
import '../errors.ts';
import { type ChartRequest, parseChartRequest } from './chart-request.ts';
import { chartColumns, planChart } from './plan-chart.ts';
import { CHART_ROWS_MAX, type ChartRows, readChartRows } from './read-chart-rows.ts';
import type { SvgPainter } from './svg-painter.ts';

interface Asked {
  readonly chart: Chart;
  readonly columns: readonly ChartColumn[];
  readonly dataset: string;
  readonly request: ChartRequest;
  readonly snapshot: SnapshotReader;
  readonly scheme: ChartScheme;
  readonly isUnchanged: boolean;
}

/** `{ position, chart, columns, cut, rows }`; the rows are one on a line, and their numbers are exact. */
export async function answerChart(host: PortHost, request: FastifyRequest, reply: FastifyReply) {
  reply.header('Vary', 'Accept');
  const asked = await ask(host, request, reply);
  if (asked.isUnchanged) return reply.send();
  const { rows, isCut } = await readChartRows(
    asked.snapshot,
    asked.dataset,
    asked.request,
    abortOnClose(reply),
  );
  const head = JSON.stringify({
    position: asked.snapshot.position,
    chart: asked.chart,
    columns: asked.columns.filter(({ name }) => asked.request.select.includes(name)),
    cut: isCut,
    rowsMax: CHART_ROWS_MAX,
  });
  return reply
    .type('application/json; charset=utf-8')
    .send(`${head.slice(0, -1)},"rows":[\n${rows.join(',\n')}\n]}`);
}

export async function answerSvg(
  host: PortHost,
  request: FastifyRequest,
  reply: FastifyReply,
  painter: SvgPainter,
) {
  const asked = await ask(host, request, reply);
  if (asked.isUnchanged) return reply.send();
  const rows = await readChartRows(asked.snapshot, asked.dataset, asked.request, abortOnClose(reply));
  const svg = await painter.paint(specOf(asked, rows), asked.scheme);
  // A picture that somebody opens by itself runs nothing, whatever its data say.
  reply.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
  return reply.type('image/svg+xml; charset=utf-8').send(svg);
}

async function ask(host: PortHost, request: FastifyRequest, reply: FastifyReply): Promise<Asked> {
  const reader = await host.reader(request);
  const name = host.dataset(request, reader);
  const dataset = present(
    reader.product.datasets.find((d) => d.name === name),
    'the host names datasets of the product',
  );
  const chart = planChart(dataset, host.options(reader));
  if (!chart)
    throw new WharfError('CHART_NOTHING', `No field of ${reader.product.id} can be drawn.`, {
      hint: 'A chart needs a field that is a number, a time or a name.',
    });
  const parameters = queryParameters(request);
  const scheme = parameters.some(([key, value]) => key === 'scheme' && value === 'dark') ? 'dark' : 'light';
  const wanted = parameters.filter(([key]) => key !== 'scheme');
  const chartRequest = parseChartRequest(dataset, wanted, chart);
  const snapshot = await reader.at(chartRequest.at);
  setDataHeaders(reply, snapshot, chartRequest.at);
  const path = request.url.split('?')[0] ?? '';
  const tag = entityTag([
    reader.product.id,
    reader.product.version,
    path,
    snapshot.position,
    snapshot.sight,
    scheme,
    JSON.stringify([chart, wanted]),
  ]);
  const isUnchanged = isNotModified(request, reply, tag);
  return {
    chart,
    columns: chartColumns(dataset),
    dataset: name,
    request: chartRequest,
    snapshot,
    scheme,
    isUnchanged,
  };
}

const SVG_WIDTH = 800;

function specOf({ chart, columns, request }: Asked, { rows }: ChartRows) {
  const drawn = columns.filter(({ name }) => request.select.includes(name));
  const values = rows.map((row) => JSON.parse(row) as Readonly<Record<string, unknown>>);
  const { params: _, ...spec } = chartSpec(chart, drawn, values);
  return { ...spec, width: SVG_WIDTH };
}
