/**
 * What the design knows and this version has not built yet. It is refused by name, never ignored.
 *
 * One line a feature: building it means deleting its line. A connector is built when it is declared, so the lines of
 * connectors need no care.
 */

/** What a feature's line is called, and how it is named in messages: `X is not available in this version.` */
const FEATURES: Readonly<Record<string, string>> = {
  'transform.mode.elsewhere': 'The key "mode" of a transform that is not SQL over tables',
  'transform.every.elsewhere': 'A schedule ("every") of a transform that is not SQL over tables',
  policies: 'The key "policies" of a mesh',
};

const CONNECTORS: Readonly<Record<ConnectorKind, readonly string[]>> = {
  port: ['sql', 'rest', 'graphql', 'stream', 'kafka', 'files', 'sharing', 'chart'],
  input: [
    'file',
    'push',
    'http',
    'postgres',
    'mysql',
    'kafka',
    's3',
    'sftp',
    'webhook',
    'spreadsheet',
    'excel',
    'sqlite',
  ],
  delivery: ['postgres', 'mysql', 'files', 'webhook', 'spreadsheet', 'kafka', 's3', 'email'],
  connection: ['folder', 'postgres', 'mysql', 'kafka', 's3', 'http', 'sftp'],
};

export type ConnectorKind = 'port' | 'input' | 'delivery' | 'connection';

export interface Availability {
  /** By the name of its line; what has no line is available. */
  readonly features: Readonly<Record<string, string>>;
  readonly connectors: Readonly<Record<ConnectorKind, readonly string[]>>;
}

/** What this version has not built. */
export const AVAILABILITY: Availability = { features: FEATURES, connectors: CONNECTORS };

/** As if everything of the language were built; for measuring and testing what comes later. */
export const EVERYTHING_AVAILABLE: Availability = { features: {}, connectors: CONNECTORS };
