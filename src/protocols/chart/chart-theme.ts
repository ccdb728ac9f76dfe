/** How charts look, in the colours of the pages: a drawing does not read style sheets, so they are said once more. */
const COLOURS = {
  light: {
    ink: '#18212b',
    soft: '#566372',
    line: '#dfe4ea',
    marks: ['#0f5e9c', '#c2571a', '#14693a', '#8a3d8f', '#a37200', '#0b7a85', '#b0231a', '#5a6472'],
  },
  dark: {
    ink: '#e7ebf0',
    soft: '#a6b2bf',
    line: '#2a333d',
    marks: ['#6fb1ec', '#f0a36b', '#74d29b', '#cf9fd6', '#eac75c', '#62c9d4', '#ff9c92', '#a6b2bf'],
  },
} as const;

/** Pixels between two labels of an axis, below which some are left out. */
const LABEL_SEPARATION = 12;
/** Lines across, however high the chart is. */
const TICKS_MAX = 6;

export type ChartScheme = keyof typeof COLOURS;

/** A configuration of Vega-Lite. */
export function chartTheme(scheme: ChartScheme): Readonly<Record<string, unknown>> {
  const { ink, soft, line, marks } = COLOURS[scheme];
  const lines = { gridColor: line, domainColor: line, tickColor: line };
  const texts = {
    labelColor: soft,
    titleColor: soft,
    titleFontWeight: 500,
    labelFontSize: 11,
    titleFontSize: 12,
  };
  return {
    background: 'transparent',
    font: 'Inter, system-ui, sans-serif',
    view: { stroke: 'transparent' },
    axis: { ...lines, ...texts, labelOverlap: true, labelSeparation: LABEL_SEPARATION },
    axisX: { grid: false },
    axisY: { tickCount: TICKS_MAX, domain: false },
    legend: { ...texts, labelColor: ink },
    title: { color: ink, fontSize: 14, fontWeight: 600, anchor: 'start' },
    mark: { color: marks[0] },
    range: { category: [...marks] },
  };
}
