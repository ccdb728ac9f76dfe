import { sqlName } from '../../schema/sql-type.ts';
import type { Relation } from '../../store/store.ts';
import type { DerivePlan } from '../../transform/derive-plan.ts';
import type { Services } from '../capture/services.ts';
import type { Positions } from './derive-cursor.ts';

export interface OpenedInputs {
  /** Statements that create a temporary view of each table that the query may read. */
  readonly setup: readonly string[];
  /** Of the inputs' files. */
  readonly bytes: number;
  release(): void;
}

/** The published position of every input, all of one instant. */
export function publishedPositions(services: Services, plan: DerivePlan): Positions {
  const streams = new Set(plan.tables.map((table) => table.stream));
  return Object.fromEntries([...streams].map((stream) => [stream, services.published.position(stream)]));
}

/** All inputs at these positions. Throws POSITION_GONE, RUN_DAMAGED; then nothing is left open. */
export async function openInputs(
  services: Services,
  plan: DerivePlan,
  positions: Positions,
): Promise<OpenedInputs> {
  const relations: Relation[] = [];
  const release = () => {
    for (const relation of relations) relation.release();
  };
  const setup: string[] = [];
  try {
    for (const { name, stream, dataset } of plan.tables) {
      const relation = await services.store.snapshot(stream, dataset.name, positions[stream] ?? 0);
      relations.push(relation);
      setup.push(`create temp view ${sqlName(name)} as ${relation.sql}`);
    }
  } catch (error) {
    release();
    throw error;
  }
  const bytes = relations.reduce((sum, relation) => sum + relation.bytes, 0);
  return { setup, bytes, release };
}
