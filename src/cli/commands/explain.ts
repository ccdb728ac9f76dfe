import { checkMesh } from '../../runtime/check/check-mesh.ts';
import { type Explanation, explain } from '../../runtime/check/explain.ts';
import type { Command } from '../command.ts';
import { MESH_OPTION, meshFolder } from '../mesh-folder.ts';
import { meshInvalid } from '../mesh-invalid.ts';
import { formatTable, type Terminal } from '../terminal.ts';

export const explainCommand: Command = {
  name: 'explain',
  summary: 'show how a product is kept up to date, why, and what each column is made of',
  arguments: [{ name: '<product>', doc: 'domain.name, or domain.name@major' }],
  options: [MESH_OPTION],
  examples: ['wharf explain flights.airport-delays'],
  async run({ arguments: [name = ''], options, registries, terminal }) {
    const folder = meshFolder(options.mesh as string | undefined);
    const { mesh, diagnostics } = await checkMesh(folder, registries);
    if (!mesh) throw meshInvalid(diagnostics);
    const explanation = await explain(mesh, name);
    if (terminal.json) terminal.printJson(explanation);
    else tell(explanation, terminal);
    return 0;
  },
};

function tell(explanation: Explanation, terminal: Terminal): void {
  const { product, way, reason, key, inputs, traced, cheaper, columns } = explanation;
  terminal.print(`${terminal.style('bold', product)}: ${way}. ${reason}`);
  for (const { way: other, reason: why, instead } of cheaper) {
    terminal.print(`Not ${other}: ${why}`);
    terminal.print(`  Instead: ${instead}`);
  }
  table(
    ['input', 'reads'],
    inputs.map((input) => [input.name, input.from]),
    terminal,
  );
  table(
    ['a changed row of', 'touches'],
    traced.map(({ field, input, by }) => [input, `${field} = ${by}`]),
    terminal,
  );
  const rows = columns.map(({ name, type, sources }) => [
    key.includes(name) ? `${name} (key)` : name,
    type,
    sources?.join(', ') ?? '',
  ]);
  table(['column', 'type', 'made of'], rows, terminal);
}

function table(header: readonly string[], rows: readonly string[][], terminal: Terminal): void {
  if (rows.length === 0) return;
  const [head = '', ...lines] = formatTable(header, rows);
  terminal.print('');
  terminal.print(terminal.style('dim', head));
  for (const line of lines) terminal.print(line);
}
