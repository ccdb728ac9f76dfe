/** The pages for people: the mesh and one product. Plain HTML, no script. */
import { formatCount } from '../../base/duration.ts';
import { type Field, typeText } from '../../schema/field.ts';
import type { Mesh, Product } from '../../spec/model.ts';
import type { Positions } from '../derive/derive-cursor.ts';
import type { ProductStatus } from '../product-status.ts';
import { Html, html } from './html.ts';

export function meshPage(mesh: Mesh, statuses: readonly ProductStatus[]): string {
  const byId = new Map(statuses.map((status) => [status.product, status]));
  const rows = mesh.products.map((product) => {
    const status = byId.get(product.id);
    return html`<tr>
      <td><a href="/p/${product.name}/v${product.major}">${product.name}</a> <small>${product.version}</small></td>
      <td>${product.purpose}</td>
      <td>${product.owner}</td>
      <td>${product.tier}</td>
      <td class="number">${formatCount(status?.position ?? 0)}</td>
      <td class="number">${rejectsText(status)}</td>
      <td>${healthMark(status)}</td>
    </tr>`;
  });
  return layout(
    mesh.name,
    html`<h1>${mesh.name}</h1>
      ${mesh.doc && html`<p class="lead">${mesh.doc}</p>`}
      <div class="wide"><table>
        <thead><tr><th>Product</th><th>Purpose</th><th>Owner</th><th>Tier</th><th class="number">Position</th><th class="number">Rejects</th><th>State</th></tr></thead>
        <tbody>${rows}</tbody>
      </table></div>`,
  );
}

/** `positions`: what the newest state of a derived product was computed from, by the id of the product that is read. */
export function productPage(product: Product, status: ProductStatus, positions?: Positions): string {
  const base = `/p/${product.name}/v${product.major}`;
  const ports = product.outputs.map((output) => output.port);
  return layout(
    product.name,
    html`<nav><a href="/">All products</a></nav>
      <h1>${product.name} <small>${product.version}</small></h1>
      <p class="lead">${product.purpose}</p>
      ${product.doc && html`<p>${product.doc}</p>`}
      <dl>
        <div><dt>Owner</dt><dd>${product.owner}</dd></div>
        <div><dt>Tier</dt><dd>${product.tier}</dd></div>
        <div><dt>Status</dt><dd>${product.status}</dd></div>
        <div><dt>Position</dt><dd>${formatCount(status.position)}</dd></div>
        <div><dt>Rejects</dt><dd><a href="${base}/rejects">${rejectsText(status)}</a></dd></div>
        <div><dt>Checks</dt><dd><a href="${base}/quality">${checksText(status)}</a></dd></div>
        <div><dt>State</dt><dd>${healthMark(status)}</dd></div>
      </dl>
      ${problems(status)}
      ${lineage(product, positions)}
      ${useIt(base, product, ports)}
      ${product.datasets.map((dataset) => html`<h2>${product.datasets.length > 1 ? dataset.name : 'Fields'}</h2>${fieldTable(dataset.fields, dataset.key)}`)}`,
  );
}

function lineage(product: Product, positions: Positions | undefined): Html {
  const items = product.inputs.map((input) => {
    if (input.kind === 'external') return html`<li><code>${input.name}</code>: ${input.from}</li>`;
    const position = positions?.[input.product];
    const at = position === undefined ? 'not read yet' : `computed from position ${formatCount(position)}`;
    const [name, major] = input.product.split('@');
    return html`<li><code>${input.name}</code>: <a href="/p/${name}/v${major}">${input.product}</a> <small>${at}</small></li>`;
  });
  const { transform } = product;
  return html`<h2>Where it comes from</h2><ul>${items}</ul>
    ${transform && html`<details><summary>${transform.file ?? 'The transform'} (${transform.language === 'sql' ? 'SQL' : 'TypeScript'})</summary><pre tabindex="0"><code>${transform.source}</code></pre></details>`}`;
}

function useIt(base: string, product: Product, ports: readonly string[]): Html {
  const dataset = product.datasets[0]?.name ?? '';
  const items = [
    ports.includes('rest') &&
      html`<li><a href="${base}/rows?limit=10">Rows as JSON</a>, described by <a href="${base}/openapi.json">OpenAPI</a></li>`,
    ports.includes('files') &&
      html`<li>Files: ${['csv', 'parquet', 'xlsx', 'ndjson'].map((f) => html`<a href="${base}/files/${dataset}.${f}">${f}</a> `)}</li>`,
    ports.includes('stream') &&
      html`<li><a href="${base}/stream?from=earliest">Stream</a> of every change, as server-sent events</li>`,
    html`<li><a href="${base}/schema.json">JSON Schema</a></li>`,
  ];
  return html`<h2>Use it</h2><ul>${items}</ul>`;
}

function fieldTable(fields: readonly Field[], key: Product['datasets'][number]['key']): Html {
  const isKey = (field: Field) => (Array.isArray(key) ? key.includes(field.name) : key === 'row');
  const rows = fields.map(
    (field) => html`<tr>
      <td><code>${field.name}</code>${isKey(field) && html` <small class="tag">key</small>`}</td>
      <td>${typeText(field)}${field.required && html` <small>required</small>`}</td>
      <td>${field.doc}${field.unit && html` <small>in ${field.unit}</small>`}</td>
    </tr>`,
  );
  return html`<div class="wide"><table><thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function problems(status: ProductStatus): Html {
  const failing = status.tasks.filter((task) => task.lastError);
  if (failing.length === 0) return new Html('');
  const items = failing.map(
    (task) => html`<li><code>${task.task}</code>: ${task.lastError?.message} ${task.lastError?.hint}</li>`,
  );
  return html`<section class="trouble"><h2>Needs attention</h2><ul>${items}</ul></section>`;
}

function rejectsText(status: ProductStatus | undefined): string {
  return formatCount(status?.rejects ?? 0);
}

function checksText({ quality }: ProductStatus): string {
  const { checks, passed, failed, warnings, heldAt } = quality;
  if (checks === 0) return 'none';
  const held = heldAt === undefined ? '' : `, position ${formatCount(heldAt)} is held back`;
  const waiting = checks - passed - failed - warnings;
  const notRun = waiting === 0 ? '' : `, ${waiting} ${waiting === 1 ? 'has' : 'have'} not been run yet`;
  return `${passed} of ${checks} pass${notRun}${held}`;
}

function healthMark(status: ProductStatus | undefined): Html {
  const health = status?.health ?? 'busy';
  const words = { ok: 'up to date', busy: 'reading', failing: 'needs attention' } as const;
  return html`<span class="state ${health}">${words[health]}</span>`;
}

export function layout(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Wharf</title>
<link rel="stylesheet" href="/assets/wharf.css">
</head>
<body><main>${body}</main></body>
</html>
`.text;
}

export const STYLE_SHEET = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #e1e5ea; --ground: #fff; --link: #0b5cad; --ok: #19703c; --busy: #8a5a00; --failing: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #9aa5b4; --line: #2c3440; --ground: #14181e; --link: #7db8f5; --ok: #6fcf97; --busy: #f2c063; --failing: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: .5rem 0; } h2 { font-size: 1.125rem; margin: 2rem 0 .5rem; }
.lead { font-size: 1.125rem; color: var(--soft); margin: .25rem 0 1.5rem; max-width: 48rem; }
a { color: var(--link); text-underline-offset: .15em; } small { color: var(--soft); font-weight: 400; }
nav { font-size: .875rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: .8125rem; } th, td { padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
dl { display: flex; flex-wrap: wrap; gap: .75rem 2.5rem; margin: 1.5rem 0; } dt { color: var(--soft); font-size: .8125rem; } dd { margin: 0; font-variant-numeric: tabular-nums; }
pre { overflow-x: auto; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .375rem; line-height: 1.45; } summary { cursor: pointer; color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; } ul { padding-left: 1.25rem; }
code { font: .9em ui-monospace, SFMono-Regular, Menlo, monospace; }
.tag { border: 1px solid var(--line); border-radius: .25rem; padding: 0 .3rem; }
.state { white-space: nowrap; } .state::before { content: "●"; margin-right: .4em; } .ok { color: var(--ok); } .busy { color: var(--busy); } .failing, .trouble h2 { color: var(--failing); }
`;
