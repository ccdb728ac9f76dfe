/** The types of connections that this version has: things outside the mesh folder that products use by name. */
import type { Declaration } from '../../schema/options.ts';

export interface ConnectionType extends Declaration {
  /** Options of which exactly one must be given. */
  readonly exactlyOne?: readonly string[];
}

const privateNetwork = {
  name: 'private',
  type: 'boolean',
  default: 'false',
  doc: 'Whether it may be at an address of a private network or of this machine.',
} as const;

/** Where a database server is, and how to sign in. */
function serverOptions(port: string): ConnectionType['options'] {
  return [
    {
      name: 'host',
      type: 'string',
      required: true,
      doc: 'Where the server is.',
      example: 'db.example.com',
    },
    { name: 'port', type: 'integer', min: '1', max: '65535', default: port, doc: 'Its port.' },
    { name: 'database', type: 'string', required: true, doc: 'The name of the database.' },
    { name: 'user', type: 'string', required: true, doc: 'The user to sign in as.' },
    { name: 'password', type: 'string', secret: true, doc: 'The password of the user.' },
    {
      name: 'tls',
      type: 'string',
      enum: ['verify', 'unverified', 'off'],
      default: 'verify',
      doc: 'verify: encrypted, and the certificate must fit. unverified: encrypted, to whoever answers. off: in clear.',
    },
    { name: 'ca', type: 'string', doc: 'A PEM file with the authority that signed the certificate.' },
  ];
}

export const CONNECTION_TYPES: readonly ConnectionType[] = [
  {
    name: 'folder',
    doc: 'A folder of files: a path, or the folder of an installed npm package.',
    options: [
      { name: 'path', type: 'string', doc: 'Absolute, or relative to the mesh folder.' },
      { name: 'package', type: 'string', doc: 'The name of an installed npm package.' },
    ],
    exactlyOne: ['path', 'package'],
  },
  {
    name: 'http',
    doc: 'A web service: where it is, and what every request carries.',
    options: [
      {
        name: 'url',
        type: 'string',
        pattern: '^https?://[^\\s]+$',
        required: true,
        doc: 'Where the addresses of inputs start from; its credentials are only sent there.',
        example: 'https://api.example.com/v1/',
      },
      {
        name: 'headers',
        type: 'json',
        headers: true,
        doc: 'Headers of every request, as a map; values may refer to the environment.',
        example: '{ X-Team: planning }',
      },
      { name: 'token', type: 'string', secret: true, doc: 'Sent as `Authorization: Bearer ...`.' },
      { name: 'user', type: 'string', doc: 'Sent with the password as `Authorization: Basic ...`.' },
      { name: 'password', type: 'string', secret: true, doc: 'The password of the user.' },
      privateNetwork,
    ],
  },
  {
    name: 's3',
    doc: 'A bucket of an object store that speaks as Amazon S3 does.',
    options: [
      { name: 'bucket', type: 'string', required: true, doc: 'The name of the bucket.' },
      {
        name: 'endpoint',
        type: 'string',
        pattern: '^https?://[^\\s]+$',
        doc: 'The address of the store, without the bucket; that of Amazon in the region when left out.',
        example: 'https://minio.example.com',
      },
      {
        name: 'region',
        type: 'string',
        default: 'us-east-1',
        doc: 'The region that requests are signed for.',
      },
      {
        name: 'access_key',
        type: 'string',
        secret: true,
        doc: 'The access key; left out, nothing is signed.',
      },
      { name: 'secret_key', type: 'string', secret: true, doc: 'The secret key.' },
      { name: 'session_token', type: 'string', secret: true, doc: 'The token of temporary keys.' },
      privateNetwork,
    ],
  },
  { name: 'mysql', doc: 'A MySQL or MariaDB database.', options: serverOptions('3306') },
  { name: 'postgres', doc: 'A PostgreSQL database.', options: serverOptions('5432') },
];

export function connectionType(name: string): ConnectionType | undefined {
  return CONNECTION_TYPES.find((type) => type.name === name);
}
