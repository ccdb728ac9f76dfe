import { formatCount } from '../../base/duration.ts';
import type { Product } from '../../spec/model.ts';
import { type Html, html } from '../http/html.ts';
import { layout } from '../http/pages.ts';
import type { CheckReport, qualityReport } from './quality-report.ts';

/** The checks of a product for people, worst first. Plain HTML, no script. */
export function qualityPage(product: Product, report: ReturnType<typeof qualityReport>): string {
  const base = `/p/${product.name}/v${product.major}`;
  return layout(
    `${product.name} quality`,
    html`<nav><a href="/">All products</a> · <a href="${base}">${product.name}</a></nav>
      <h1>Quality of ${product.name}</h1>
      <p class="lead">${leadOf(product, report)}</p>
      ${report.checks.length > 0 && table(report.checks)}`,
  );
}

function leadOf(product: Product, report: ReturnType<typeof qualityReport>): string {
  if (report.checks.length === 0) return 'No checks are declared.';
  if (report.heldAt !== null)
    return `Position ${formatCount(report.heldAt)} is held back; ${formatCount(report.position)} is served.`;
  const gate = product.gate ? 'Only what passes is published.' : 'What fails is published, and told.';
  return `${report.passed} of ${report.checks.length} checks pass at position ${formatCount(report.position)}. ${gate}`;
}

function table(checks: readonly CheckReport[]): Html {
  const rows = checks.map(
    (check) => html`<tr>
      <td><span class="state ${markOf(check)}">${check.status}</span></td>
      <td>${check.doc}<br><small><code>${check.id}</code>, ${check.severity}, ${check.threshold}</small></td>
      <td>${check.message}${check.samples.map((sample) => html`<br><code>${sample}</code>`)}</td>
      <td class="number">${check.position === null ? '' : formatCount(check.position)}</td>
    </tr>`,
  );
  return html`<div class="wide"><table>
    <thead><tr><th>State</th><th>What must hold</th><th>Found</th><th class="number">Position</th></tr></thead>
    <tbody>${rows}</tbody>
  </table></div>`;
}

function markOf({ status, severity }: CheckReport): string {
  if (status === 'passed') return 'ok';
  return status === 'waiting' || severity === 'warning' ? 'busy' : 'failing';
}
