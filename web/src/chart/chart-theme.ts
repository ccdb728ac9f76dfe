import type { Config } from 'vega-lite';

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

/** The pages' own colours. A canvas does not read style sheets, so they are said once more. */
export function themeOf(scheme: 'light' | 'dark'): Config {
  const { ink, soft, line, marks } = COLOURS[scheme];
  const font = 'Inter, system-ui, sans-serif';
  return {
    background: 'transparent',
    font,
    view: { stroke: 'transparent' },
    axis: {
      labelColor: soft,
      titleColor: soft,
      gridColor: line,
      domainColor: line,
      tickColor: line,
      titleFontWeight: 500,
      labelFontSize: 11,
      titleFontSize: 12,
    },
    legend: { labelColor: ink, titleColor: soft, labelFontSize: 11, titleFontSize: 12 },
    title: { color: ink, fontSize: 14, fontWeight: 600, anchor: 'start' },
    mark: { color: marks[0] },
    range: { category: [...marks] },
  };
}
