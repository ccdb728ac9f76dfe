/** The registry of inputs: one line each, loaded when first used. */
import type { InputConnector } from '../kit/input.ts';
import type { Registry } from '../kit/registry.ts';

export const inputs: Registry<InputConnector> = {
  excel: async () => (await import('./excel/excel-input.ts')).excelInput,
  file: async () => (await import('./file/file-input.ts')).fileInput,
  http: async () => (await import('./http/http-input.ts')).httpInput,
  s3: async () => (await import('./s3/s3-input.ts')).s3Input,
  mysql: async () => (await import('./mysql/mysql-input.ts')).mysqlInput,
  sqlite: async () => (await import('./sqlite/sqlite-input.ts')).sqliteInput,
  sse: async () => (await import('./sse/sse-input.ts')).sseInput,
  postgres: async () => (await import('./postgres/postgres-input.ts')).postgresInput,
  'postgres-query': async () => (await import('./postgres-query/postgres-query-input.ts')).postgresQueryInput,
  push: async () => (await import('./push/push-input.ts')).pushInput,
};
