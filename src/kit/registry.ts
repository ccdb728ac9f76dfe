/** The lazy tables in which connectors register: one line each, loaded when first used. */
import type { DeliveryConnector } from './delivery.ts';
import type { InputConnector } from './input.ts';
import type { Port } from './port.ts';

export type Lazy<T> = () => Promise<T>;
export type Registry<T> = Readonly<Record<string, Lazy<T>>>;

export interface Registries {
  readonly inputs: Registry<InputConnector>;
  readonly ports: Registry<Port>;
  readonly deliveries: Registry<DeliveryConnector>;
}
