import type { AuditReport } from '../../runtime/access/audit-log.ts';
import { type Command, UsageError } from '../command.ts';
import { connect } from '../connect.ts';
import { DATA_OPTION, MESH_OPTION } from '../mesh-folder.ts';

const HASH = /^[0-9a-f]{64}$/;

export const auditCommand: Command = {
  name: 'audit',
  summary: 'verify that the audit is what was written',
  arguments: [],
  options: [
    MESH_OPTION,
    DATA_OPTION,
    { flags: '--known <hash>', doc: 'a hash that was printed before, and must still be in the chain' },
  ],
  examples: ['wharf audit', 'wharf audit --known 3b5d...'],
  async run(context) {
    const { terminal, options } = context;
    const { known } = options;
    if (known !== undefined && !HASH.test(String(known)))
      throw new UsageError(`"${String(known)}" is not a hash of the audit.`, 'It has 64 digits from 0 to f.');
    const connection = await connect(context);
    try {
      const report = await connection.call<AuditReport>('POST', '/api/audit/verify', { known });
      if (terminal.json) terminal.printJson(report);
      else if (report.ok)
        terminal.print(`${report.entries} entries, none changed. The last hash is ${report.hash}`);
      else terminal.print(`${terminal.style('red', 'broken')} ${report.problem}`);
      return report.ok ? 0 : 1;
    } finally {
      await connection.close();
    }
  },
};
