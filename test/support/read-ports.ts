/** The rows of a product at one position, as each port gives them; numbers stay the text they came as. */
import { readCsv } from './csv.ts';
import { patientFetch } from './patient-fetch.ts';

/** JSON with every number as its literal, so that no port can be excused by rounding here. */
export function parseExact(text: string): unknown {
  const marked = text.replaceAll(
    /("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g,
    (_all, string, number) => (string !== undefined ? string : `"\\u0000${number}"`),
  );
  return JSON.parse(marked, (_name, value) =>
    typeof value === 'string' && value.startsWith('\u0000') ? canonicalNumber(value.slice(1)) : value,
  );
}

/** One text for one value: 100.0 and 100 are the same number, -0 and 0 are not. */
export function canonicalNumber(text: string): string {
  if (/^-?\d+$/.test(text)) return `#${text}`;
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = `${whole}${fraction}`.replace(/^0+/, '').replace(/0+$/, '');
  const zeros = `${whole}${fraction}`.length - `${whole}${fraction}`.replace(/0+$/, '').length;
  const scale = Number(exponent) - fraction.length + zeros;
  const sign = mantissa.startsWith('-') ? '-' : '';
  if (digits === '') return `#${sign}0`;
  return scale >= 0 && digits.length + scale <= 21
    ? `#${sign}${digits}${'0'.repeat(scale)}`
    : `#${sign}${digits}e${scale}`;
}

export async function rowsByRest(
  url: string,
  product: string,
  at?: number,
): Promise<{ position: number; rows: unknown[] }> {
  const rows: unknown[] = [];
  let next: string | undefined = `/p/${product}/rows?limit=1000${at === undefined ? '' : `&at=${at}`}`;
  let position = -1;
  while (next) {
    const response: Response = await patientFetch(`${url}${next}`);
    if (!response.ok) throw new Error(`${next} answered ${response.status}: ${await response.text()}`);
    position = Number(response.headers.get('Wharf-Position'));
    const text: string = await response.text();
    const page = parseExact(text) as { rows: unknown[] };
    rows.push(...page.rows);
    next = (JSON.parse(text) as { _links: { next?: { href: string } } })._links.next?.href;
  }
  return { position, rows };
}

export async function rowsByNdjson(
  url: string,
  product: string,
  dataset: string,
  at: number,
): Promise<unknown[]> {
  const response = await patientFetch(`${url}/p/${product}/files/${dataset}.ndjson?at=${at}`);
  if (!response.ok) throw new Error(`files answered ${response.status}: ${await response.text()}`);
  if (Number(response.headers.get('Wharf-Position')) !== at)
    throw new Error('files answered at another position');
  return (await response.text()).split('\n').filter(Boolean).map(parseExact);
}

export async function rowsByCsv(
  url: string,
  product: string,
  dataset: string,
  at: number,
): Promise<Record<string, string>[]> {
  const response = await patientFetch(`${url}/p/${product}/files/${dataset}.csv?at=${at}`);
  if (!response.ok) throw new Error(`files answered ${response.status}: ${await response.text()}`);
  return readCsv(await response.text());
}

/** The state that the stream's records up to a position add up to. */
export async function rowsByStream(url: string, product: string, at: number): Promise<unknown[]> {
  const state = new Map<string, unknown>();
  if (at === 0) return [];
  const response = await patientFetch(`${url}/p/${product}/stream?from=earliest`);
  if (!response.ok || !response.body)
    throw new Error(`stream answered ${response.status}: ${await response.text()}`);
  const decoder = new TextDecoder();
  let rest = '';
  let expected = 1;
  for await (const chunk of response.body) {
    rest += decoder.decode(chunk as Uint8Array, { stream: true });
    const events = rest.split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const data = /^data: ?(.*)$/m.exec(event)?.[1];
      if (data === undefined) continue;
      const { position } = JSON.parse(data) as { position: number };
      if (position !== expected)
        throw new Error(`the stream went from position ${expected - 1} to ${position}`);
      expected += 1;
      const record = parseExact(data) as { op: string; key: unknown; document: unknown };
      const key = JSON.stringify(record.key ?? position);
      if (record.op === 'delete') state.delete(key);
      else state.set(key, record.document);
      // Leaving the loop ends the connection.
      if (position >= at) return [...state.values()];
    }
  }
  throw new Error(`the stream ended before position ${at}`);
}

/** Rows as sorted texts, to compare sets of rows. */
export function canonicalRows(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(row, sortedMembers)).sort();
}

function sortedMembers(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
