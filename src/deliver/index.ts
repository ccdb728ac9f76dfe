/** Every destination that this version has: one line each, loaded when a mesh is checked or served. */
import type { DeliveryConnector } from '../kit/delivery.ts';
import type { Registry } from '../kit/registry.ts';

export const deliveries: Registry<DeliveryConnector> = {
  files: async () => (await import('./files/files-delivery.ts')).filesDelivery,
  postgres: async () => (await import('./postgres/postgres-delivery.ts')).postgresDelivery,
  spreadsheet: async () => (await import('./spreadsheet/spreadsheet-delivery.ts')).spreadsheetDelivery,
  webhook: async () => (await import('./webhook/webhook-delivery.ts')).webhookDelivery,
};
