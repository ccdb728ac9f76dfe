import { diagnose, type Finding } from '../../runtime/doctor/diagnose.ts';
import type { Command } from '../command.ts';
import { DATA_OPTION, dataFolderOf, FOLDER_ARGUMENT, meshFolder } from '../mesh-folder.ts';
import { optionNumber, PORT_BOUNDS } from '../option-number.ts';

const MARKS = { ok: ['green', 'ok'], warning: ['yellow', 'warning'], error: ['red', 'error'] } as const;

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'look at this machine: versions, disk, ports, limits, the data folder',
  arguments: [FOLDER_ARGUMENT],
  options: [DATA_OPTION, { flags: '--port <number>', doc: 'the HTTP port to look at', default: '7400' }],
  async run({ arguments: [folder], options, terminal }) {
    const mesh = meshFolder(folder);
    const findings = await diagnose({
      dataFolder: dataFolderOf(mesh, options.data),
      port: optionNumber('--port', options.port, PORT_BOUNDS),
    });
    const ok = findings.every((finding) => finding.level !== 'error');
    if (terminal.json) terminal.printJson({ ok, findings });
    else for (const finding of findings) printFinding(finding, terminal);
    return ok ? 0 : 1;
  },
};

function printFinding(finding: Finding, terminal: Parameters<Command['run']>[0]['terminal']): void {
  const [style, word] = MARKS[finding.level];
  terminal.print(`${terminal.style(style, word.padEnd(8))} ${finding.what.padEnd(14)} ${finding.found}`);
  if (finding.hint) terminal.print(`${' '.repeat(24)}${terminal.style('dim', finding.hint)}`);
}
