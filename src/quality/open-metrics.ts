/** The text format of OpenMetrics 1.0: families of samples, each with its type and help, and an end mark. */

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** Appended to the family's name: `_total`, `_bucket`, ... */
  readonly suffix?: string;
}

export interface Family {
  /** Without `_total`; ends in its unit where it has one. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly unit?: string;
  readonly samples: readonly Sample[];
}

export function gauge(name: string, help: string, samples: readonly Sample[], unit?: string): Family {
  return { name, type: 'gauge', help, samples, ...(unit === undefined ? {} : { unit }) };
}

export function counter(name: string, help: string, samples: readonly Sample[], unit?: string): Family {
  return { name, type: 'counter', help, samples, ...(unit === undefined ? {} : { unit }) };
}

/** Families without samples are left out. */
export function openMetricsText(families: readonly Family[]): string {
  return `${families
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join('')}# EOF\n`;
}

function familyText({ name, type, help, unit, samples }: Family): string {
  const head = [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escaped(help)}`,
  ];
  const lines = samples.map((sample) => {
    const suffix = sample.suffix ?? (type === 'counter' ? '_total' : '');
    return `${name}${suffix}${labelsText(sample.labels)} ${numberText(sample.value)}`;
  });
  return [...head, ...lines].map((line) => `${line}\n`).join('');
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}
