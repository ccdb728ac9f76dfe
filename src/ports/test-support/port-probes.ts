/** How the conformance suite reads rows through each port. */
import { DEPARTURES } from './sample-product.ts';
import { SseReader } from './sse-reader.ts';

export interface PortProbe {
  /** The state of a dataset at a position, as the rows' JSON texts, in any order; and the position that was told. */
  rows(
    base: string,
    dataset: string,
    position: number,
  ): Promise<{ readonly rows: readonly string[]; readonly position: string | null }>;
  /** Paths that do not exist, and what they must be answered with. */
  readonly wrong: readonly (readonly [path: string, status: number])[];
  /** A path whose answer is large or endless. */
  readonly long: string;
}

export const PORT_PROBES: Readonly<Record<string, PortProbe>> = {
  chart: {
    async rows(base, dataset, position) {
      const columns = DEPARTURES.fields.map(({ name }) => name).join(',');
      const answer = await fetch(`${base}/d/${dataset}/chart?at=${position}&select=${columns}`);
      const text = await answer.text();
      const rows = text.slice(text.indexOf('"rows":[\n') + 9, text.lastIndexOf('\n]}'));
      return { rows: rows.split(',\n'), position: answer.headers.get('wharf-position') };
    },
    wrong: [
      ['/chart?nothing=eq.1', 400],
      ['/chart?at=never', 400],
      ['/chart?limit=5', 400],
      ['/d/nothing/chart', 404],
    ],
    long: '/chart?origin=eq.DFW&delay=gt.200',
  },
  rest: {
    async rows(base, dataset, position) {
      const rows: string[] = [];
      let path: string | undefined = `/d/${dataset}/rows?at=${position}&limit=17`;
      let told: string | null = null;
      while (path !== undefined) {
        const answer: Response = await fetch(base + path, { headers: { Accept: 'application/x-ndjson' } });
        told = answer.headers.get('wharf-position');
        rows.push(...lines(await answer.text()));
        const next = /<([^>]*)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
        path = next?.slice(new URL(base).pathname.length);
      }
      return { rows, position: told };
    },
    wrong: [
      ['/rows?nothing=eq.1', 400],
      ['/rows?at=never', 400],
      ['/rows?limit=many', 400],
      ['/rows/nobody,1', 404],
      ['/d/nothing/rows', 404],
    ],
    long: '/rows?limit=1000',
  },
  files: {
    async rows(base, dataset, position) {
      const answer = await fetch(`${base}/files/${dataset}.ndjson?at=${position}`);
      return { rows: lines(await answer.text()), position: answer.headers.get('wharf-position') };
    },
    wrong: [
      ['/files/nothing.csv', 404],
      ['/files/departures.exe', 404],
      ['/files/departures.csv?at=never', 400],
      ['/files/departures.csv?nothing=1', 400],
      ['/d/nothing/files', 404],
    ],
    long: '/files/departures.ndjson',
  },
  stream: {
    async rows(base, dataset, position) {
      const reader = await SseReader.open(`${base}/stream?from=earliest`, {});
      const messages = await reader.take(position);
      reader.close();
      const state = new Map<string, string>();
      for (const { data, event } of messages) {
        const [, name, key, document] =
          /^\{.*?,"dataset":"(.*?)","key":(\{.*?\}|null),"document":(.*)\}$/s.exec(data) ?? [];
        if (name !== dataset || key === undefined || document === undefined) continue;
        if (event === 'delete') state.delete(key);
        else state.set(key, document);
      }
      const told = reader.headers.get('wharf-position');
      return { rows: [...state.values()], position: Number(told) >= position ? String(position) : told };
    },
    wrong: [
      ['/stream?from=never', 400],
      ['/stream?nothing=1', 400],
      ['/stream?from=999999999', 400],
      ['/d/nothing/stream', 404],
    ],
    long: '/stream?from=earliest',
  },
};

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
