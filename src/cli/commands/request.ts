import type { Agreement } from '../../runtime/access/agreement-service.ts';
import { type Command, UsageError } from '../command.ts';
import { connect, productPath } from '../connect.ts';
import { listOption } from '../list-option.ts';
import { DATA_OPTION, MESH_OPTION } from '../mesh-folder.ts';

export const requestCommand: Command = {
  name: 'request',
  summary: 'ask the owner of a product for its use',
  arguments: [{ name: '<product>', doc: 'domain.name, or domain.name@major' }],
  options: [
    MESH_OPTION,
    DATA_OPTION,
    { flags: '--for <consumer>', doc: 'who asks, such as user:ana or team:planning' },
    { flags: '--purpose <text>', doc: 'what the data is used for' },
    { flags: '--until <date>', doc: 'the last day, such as 2027-01-31' },
    { flags: '--ports <names>', doc: 'only these ports, with commas between' },
    { flags: '--fields <names>', doc: 'only these fields, with commas between' },
    { flags: '--contact <address>', doc: 'where the answer is written to' },
  ],
  examples: [
    'wharf request flights.departures --for team:planning --purpose "capacity of 2027" --until 2027-12-31 --ports sql,files',
  ],
  async run(context) {
    const { terminal, options } = context;
    const path = productPath(context.arguments[0]);
    const needed = (name: 'for' | 'purpose' | 'until') => {
      const value = options[name];
      if (typeof value === 'string' && value.trim() !== '') return value;
      throw new UsageError(`A request needs --${name}.`, 'wharf request --help shows an example.');
    };
    const body = {
      consumer: needed('for'),
      purpose: needed('purpose'),
      until: needed('until'),
      ports: listOption(options.ports) ?? [],
      fields: listOption(options.fields) ?? [],
      contact: options.contact ?? null,
    };
    const connection = await connect(context);
    try {
      const request = await connection.call<Agreement>('POST', `${path}/requests`, body);
      if (terminal.json) terminal.printJson(request);
      else
        terminal.print(
          `${request.product}: asked as ${request.id}. The owner answers with: wharf agreements`,
        );
      return 0;
    } finally {
      await connection.close();
    }
  },
};
