/** What to paste where: for each tool, text that works as it is, with the address that the reader's own browser uses. */
import type { MeshDocument } from '../../../src/runtime/http/mesh-routes.ts';
import type { ProductDocument } from '../api/documents.ts';
import { embedSnippet } from '../chart/embed-snippet.ts';

export interface Snippet {
  readonly tool: string;
  readonly port: string;
  readonly text: string;
  readonly about?: string;
}

export interface SnippetPlace {
  /** `http://127.0.0.1:7400` */
  readonly origin: string;
  readonly mesh: MeshDocument;
  readonly token: string | null;
  /** Whose it is, as Postgres clients sign in: `ana`, `service:etl`. */
  readonly user?: string | undefined;
}

export function snippetsOf(product: ProductDocument, place: SnippetPlace): readonly Snippet[] {
  const ports = new Set(product.ports.map(({ port }) => port));
  const dataset = product.datasets[0];
  if (!dataset) return [];
  const base = `${place.origin}${product._links.self.href}`;
  const file = (format: string) => `${base}/files/${dataset.name}.${format}`;
  const all = [
    ...(ports.has('sql') && dataset.table && place.mesh.sql ? [psql(dataset.table, place)] : []),
    ...(ports.has('rest') ? [curl(base, place)] : []),
    ...(ports.has('files') ? fileSnippets(file, place) : []),
    ...(ports.has('rest') ? [javascript(base, place)] : []),
    ...(ports.has('stream') ? [stream(base, place)] : []),
    ...(ports.has('chart') ? [webPage(product, place)] : []),
  ];
  return all.sort((a, b) => ORDER.indexOf(a.tool) - ORDER.indexOf(b.tool));
}

const ORDER = ['psql', 'curl', 'pandas', 'DuckDB', 'JavaScript', 'R', 'Excel', 'Stream', 'Web page'];

function psql(table: string, { origin, mesh, token, user }: SnippetPlace): Snippet {
  const host = new URL(origin).hostname;
  const password = token ? `PGPASSWORD=${token} ` : '';
  const signedIn = token && user ? ` -U ${shellWord(user)}` : '';
  const select = `select * from ${sqlName(table)} limit 10`;
  return {
    tool: 'psql',
    port: 'sql',
    text: `${password}psql -h ${host} -p ${mesh.sql?.port}${signedIn} ${mesh.sql?.database} -c ${shellText(select)}`,
    about: 'Any Postgres client will do: DBeaver, Metabase, a driver of your language.',
  };
}

function curl(base: string, { token }: SnippetPlace): Snippet {
  const header = token ? `-H ${shellText(`Authorization: Bearer ${token}`)} ` : '';
  return {
    tool: 'curl',
    port: 'rest',
    text: `curl ${header}${shellText(`${base}/rows?limit=10`)}`,
    about: 'Filters as PostgREST writes them: ?field=gt.15&select=a,b&order=a.desc.',
  };
}

function fileSnippets(file: (format: string) => string, { token }: SnippetPlace): Snippet[] {
  const bearer = `Bearer ${token}`;
  const python = token ? `, storage_options=${pythonDict({ Authorization: bearer })}` : '';
  const r = token
    ? `rows <- read.csv(url(${quoted(file('csv'))}, headers = c(Authorization = ${quoted(bearer)})))`
    : `rows <- read.csv(${quoted(file('csv'))})`;
  const duckdb = [
    ...(token
      ? [`create secret (type http, extra_http_headers map {'Authorization': ${sqlText(bearer)}});`]
      : []),
    `select * from read_parquet(${sqlText(file('parquet'))}) limit 10;`,
  ];
  return [
    {
      tool: 'pandas',
      port: 'files',
      text: `import pandas as pd\n\nrows = pd.read_csv(${quoted(file('csv'))}${python})\nprint(rows.head())`,
    },
    { tool: 'DuckDB', port: 'files', text: duckdb.join('\n') },
    { tool: 'R', port: 'files', text: `${r}\nhead(rows)` },
    {
      tool: 'Excel',
      port: 'files',
      text: file('xlsx'),
      about: 'Open this address, or in Excel: Data, Get Data, From Web. A refresh reads the rows of then.',
    },
  ];
}

function javascript(base: string, { token }: SnippetPlace): Snippet {
  const options = token ? `, {\n  headers: { Authorization: ${quoted(`Bearer ${token}`)} },\n}` : '';
  return {
    tool: 'JavaScript',
    port: 'rest',
    text: `const answer = await fetch(${quoted(`${base}/rows?limit=10`)}${options});\nconst { position, rows } = await answer.json();\nconsole.log(position, rows);`,
  };
}

function stream(base: string, { token }: SnippetPlace): Snippet {
  const header = token ? `-H ${shellText(`Authorization: Bearer ${token}`)} ` : '';
  return {
    tool: 'Stream',
    port: 'stream',
    text: `curl -N ${header}${shellText(`${base}/stream?from=latest`)}`,
    about: 'Every change as it happens. After a break, Last-Event-ID goes on where it was.',
  };
}

function webPage(product: ProductDocument, { origin }: SnippetPlace): Snippet {
  return {
    tool: 'Web page',
    port: 'chart',
    text: embedSnippet(product, { origin }),
    about:
      'The chart, following the stream. The spec says which pages may show it: outputs: { chart: { embed: [...] } }.',
  };
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function shellText(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** As it is where that is safe to paste. */
function shellWord(text: string): string {
  return /^[\w.:@-]+$/.test(text) ? text : shellText(text);
}

function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function sqlName(table: string): string {
  return table
    .split('.')
    .map((part) => (/^[a-z_][a-z0-9_]*$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`))
    .join('.');
}

function pythonDict(entries: Readonly<Record<string, string>>): string {
  return JSON.stringify(entries);
}
