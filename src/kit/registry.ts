/** The lazy tables in which connectors register: one line each, loaded when first used. */
import type { InputConnector } from './input.ts';
import type { Port } from './port.ts';

export type Lazy<T> = () => Promise<T>;
export type Registry<T> = Readonly<Record<string, Lazy<T>>>;

/** What a delivery is will be said with the first one. */
export type DeliveryConnector = never;

export interface Registries {
  readonly inputs: Registry<InputConnector>;
  readonly ports: Registry<Port>;
  readonly deliveries: Registry<DeliveryConnector>;
}
