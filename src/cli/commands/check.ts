import { messageOf } from '../../base/errors.ts';
import { checkMesh } from '../../runtime/check/check-mesh.ts';
import { writeTypes } from '../../runtime/check/write-types.ts';
import type { Mesh } from '../../spec/model.ts';
import { diagnosticToJson, printDiagnostic } from '../../spec/print-diagnostic.ts';
import type { Command } from '../command.ts';
import { FOLDER_ARGUMENT, meshFolder } from '../mesh-folder.ts';
import { plural } from '../plural.ts';
import type { Terminal } from '../terminal.ts';

/** Editors then know the types of transforms; a folder that cannot be written to can still be checked. */
async function writeTypesBeside(mesh: Mesh, terminal: Terminal): Promise<void> {
  try {
    await writeTypes(mesh);
  } catch (thrown) {
    terminal.note(`The types of transforms could not be written: ${messageOf(thrown)}`);
  }
}

export const checkCommand: Command = {
  name: 'check',
  summary: 'look for problems in all specs of a mesh, without running it',
  arguments: [FOLDER_ARGUMENT],
  examples: ['wharf check', 'wharf check examples/skyline --json'],
  async run({ arguments: [folder], registries, terminal }) {
    const started = Date.now();
    const { mesh, declared, diagnostics, sources } = await checkMesh(meshFolder(folder), registries);
    if (declared) await writeTypesBeside(declared, terminal);
    const errors = diagnostics.filter((d) => d.severity === 'error').length;
    const warnings = diagnostics.length - errors;
    if (terminal.json) {
      terminal.printJson({
        ok: errors === 0,
        errors,
        warnings,
        products: mesh?.products.length,
        diagnostics: diagnostics.map(diagnosticToJson),
      });
      return errors === 0 ? 0 : 1;
    }
    for (const diagnostic of diagnostics)
      terminal.print(`${printDiagnostic(diagnostic, sources, { colour: terminal.colour })}\n`);
    const seconds = ((Date.now() - started) / 1_000).toFixed(1);
    if (errors > 0)
      terminal.print(terminal.style('red', `${plural(errors, 'error')}, ${plural(warnings, 'warning')}`));
    else
      terminal.print(
        `${terminal.style('green', 'ok')}: ${plural(mesh?.products.length ?? 0, 'product')}, ${plural(warnings, 'warning')} (${seconds} s)`,
      );
    return errors === 0 ? 0 : 1;
  },
};
