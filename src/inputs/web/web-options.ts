/** Options that all inputs over the web have. */
import type { OptionField } from '../../schema/options.ts';

export const webOptionFields: readonly OptionField[] = [
  {
    name: 'url',
    type: 'string',
    required: true,
    doc: 'The address; with a connection, from its address on. May refer to the environment.',
    example: 'https://api.example.com/v1/orders',
  },
  {
    name: 'connection',
    type: 'string',
    connectionName: true,
    connectionTypes: ['http'],
    doc: 'The connection of type http that holds the address to start from, credentials, and leave for private networks.',
  },
  {
    name: 'headers',
    type: 'json',
    headers: true,
    doc: 'Headers of the requests, as a map; values may refer to the environment.',
    example: '{ Accept-Language: en }',
  },
];
