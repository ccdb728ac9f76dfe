/** The port `chart`: the marks that a spec declares, as data to draw and as a picture. */
import { defineHttpPort } from '../../kit/port.ts';
import { AGGREGATES, MARKS } from '../../protocols/chart/chart-spec.ts';
import { forgetAnswer } from '../answer/forget-answer.ts';
import { answerChart, answerSvg } from './chart-routes.ts';
import { describeChart } from './describe-chart.ts';
import { SvgPainter } from './svg-painter.ts';

/** An origin, which goes into a header as it is. */
const FRAMER = String.raw`^(\*|https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?)$`;
const FIELD = { type: 'string', fieldName: true } as const;

export const chartPort = defineHttpPort({
  name: 'chart',
  action: 'read',
  doc: 'A chart of the rows, declared by its marks: as a page, as data with a Vega-Lite specification, and as SVG.',
  options: [
    {
      name: 'mark',
      type: 'string',
      enum: MARKS,
      doc: 'What is drawn; guessed from the fields when left out.',
      example: 'line',
    },
    { ...FIELD, name: 'x', doc: 'The field that runs to the right.', example: 'day' },
    {
      ...FIELD,
      name: 'y',
      doc: 'The field that runs upwards; the number of rows when only x is named.',
      example: 'delay_minutes',
    },
    { ...FIELD, name: 'color', doc: 'The field by whose values marks are coloured.', example: 'airport' },
    {
      name: 'aggregate',
      type: 'string',
      enum: AGGREGATES,
      doc: 'How several values of y at one x become one.',
      example: 'sum',
    },
    { name: 'title', type: 'string', doc: 'What stands above the chart.', example: 'Delay per day' },
    {
      name: 'embed',
      type: 'array',
      items: { name: 'items', type: 'string', pattern: FRAMER },
      doc: "Origins whose pages may show the chart in a frame, `*` for all; only this server's own when left out.",
      example: '[https://wiki.example.com]',
    },
  ],
  routes(scope, host) {
    const painter = new SvgPainter();
    scope.addHook('onError', forgetAnswer);
    scope.addHook('onClose', () => painter.close());
    scope.get('/chart', (request, reply) => answerChart(host, request, reply));
    scope.get('/chart.svg', (request, reply) => answerSvg(host, request, reply, painter));
  },
  describe: describeChart,
});
