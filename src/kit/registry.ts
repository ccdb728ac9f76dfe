/** The lazy tables in which connectors register: one line each, loaded when first used. */
import type { Declarations } from '../schema/options.ts';
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

/** Loads every entry of a lazy table. */
export async function loadAll<T>(registry: Registry<T>): Promise<Map<string, T>> {
  const entries = await Promise.all(
    Object.entries(registry).map(async ([name, load]) => [name, await load()] as const),
  );
  return new Map(entries);
}

/** What specs may name, of everything that is registered. */
export async function loadDeclarations(registries: Registries): Promise<Declarations> {
  const [inputs, ports, deliveries] = await Promise.all([
    loadAll(registries.inputs),
    loadAll(registries.ports),
    loadAll(registries.deliveries),
  ]);
  return {
    inputs: [...inputs.values()],
    ports: [...ports.values()],
    deliveries: [...deliveries.values()],
  };
}
