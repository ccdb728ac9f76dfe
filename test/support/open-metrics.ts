/** A strict reader of OpenMetrics 1.0 text, written from the specification. Throws at the first thing that breaks it. */

export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface MetricFamily {
  readonly name: string;
  readonly type: string;
  readonly unit: string | undefined;
  readonly samples: readonly MetricSample[];
}

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum', '_created'],
};
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[n"\\])*)"(,|$)/y;
const NUMBER = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?Inf|NaN)$/;

export function parseOpenMetrics(text: string): Map<string, MetricFamily> {
  if (!text.endsWith('\n# EOF\n')) throw new Error('the text does not end with # EOF');
  const lines = text.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1);
  const families = new Map<string, MetricFamily & { samples: MetricSample[] }>();
  let family: (MetricFamily & { samples: MetricSample[]; unit: string | undefined }) | undefined;
  const seen = new Set<string>();
  for (const line of lines) {
    const [, word, name = '', rest = ''] = /^# (TYPE|UNIT|HELP) (\S+) ?(.*)$/.exec(line) ?? [];
    if (word === 'TYPE') {
      if (families.has(name)) throw new Error(`${name} is there twice`);
      if (!(rest in SUFFIXES)) throw new Error(`"${rest}" is no type that is used here`);
      family = { name, type: rest, unit: undefined, samples: [] };
      families.set(name, family);
    } else if (word === 'UNIT' || word === 'HELP') {
      if (name !== family?.name || family.samples.length > 0) throw new Error(`out of place: ${line}`);
      if (word === 'UNIT' && !name.endsWith(`_${rest}`))
        throw new Error(`${name} does not end in its unit ${rest}`);
      if (word === 'UNIT') family.unit = rest;
    } else {
      const sample = parseSample(line);
      const isOfFamily = SUFFIXES[family?.type ?? '']?.some(
        (suffix) => sample.name === `${family?.name}${suffix}`,
      );
      if (!family || !isOfFamily) throw new Error(`a sample out of its family: ${line}`);
      const identity = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
      if (seen.has(identity)) throw new Error(`a sample twice: ${line}`);
      seen.add(identity);
      if (family.type !== 'gauge' && (sample.value < 0 || Number.isNaN(sample.value)))
        throw new Error(`a count below nothing: ${line}`);
      family.samples.push(sample);
    }
  }
  for (const one of families.values()) if (one.type === 'histogram') checkHistogram(one);
  return families;
}

function parseSample(line: string): MetricSample {
  const [, name = '', inner, number = ''] = SAMPLE.exec(line) ?? [];
  if (name === '' || !NUMBER.test(number)) throw new Error(`not a sample: ${line}`);
  const labels: Record<string, string> = {};
  for (let at = 0; inner !== undefined && at < inner.length; ) {
    LABEL.lastIndex = at;
    const [all, label = '', value = ''] = LABEL.exec(inner) ?? [];
    if (all === undefined || label in labels) throw new Error(`bad labels: ${line}`);
    labels[label] = value.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
    at += all.length;
  }
  const value = Number(number.replace('Inf', 'Infinity'));
  return { name, labels, value };
}

/** Buckets grow, the last is +Inf and says what the count says. */
function checkHistogram({ name, samples }: MetricFamily): void {
  const groups = new Map<string, { le: number; value: number }[]>();
  const groupOf = ({ le: _, ...labels }: Readonly<Record<string, string>>) => JSON.stringify(labels);
  for (const { name: of, labels, value } of samples) {
    if (of !== `${name}_bucket`) continue;
    const buckets = groups.get(groupOf(labels)) ?? [];
    groups.set(groupOf(labels), [...buckets, { le: Number(labels.le?.replace('Inf', 'Infinity')), value }]);
  }
  for (const [group, buckets] of groups) {
    const isGrowing = buckets.every(
      ({ le, value }, i) =>
        i === 0 || (le > (buckets[i - 1]?.le ?? 0) && value >= (buckets[i - 1]?.value ?? 0)),
    );
    const count = samples.find((one) => one.name === `${name}_count` && groupOf(one.labels) === group);
    const last = buckets.at(-1);
    if (!isGrowing || last?.le !== Number.POSITIVE_INFINITY || last.value !== count?.value)
      throw new Error(`the buckets of ${name} ${group} do not add up`);
  }
}
