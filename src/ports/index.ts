/** Every port that this version has: one line each, loaded when a mesh is checked or served. */
import type { Port } from '../kit/port.ts';
import type { Registry } from '../kit/registry.ts';

export const ports: Registry<Port> = {
  chart: async () => (await import('./chart/chart-port.ts')).chartPort,
  files: async () => (await import('./files/files-port.ts')).filesPort,
  rest: async () => (await import('./rest/rest-port.ts')).restPort,
  sql: async () => (await import('./sql/sql-port.ts')).sqlPort,
  stream: async () => (await import('./stream/stream-port.ts')).streamPort,
};
