/**
 * What inputs that the mesh no longer has made at their sources: told at the start, and removed when somebody asks for it. It is never
 * removed unasked, since a spec may only be away for a moment; afterwards reading on from there is a gap, which says so.
 */
import { messageOf } from '../../base/errors.ts';
import type { Reveal } from '../../kit/connection.ts';
import type { InputConnector, Leavings } from '../../kit/input.ts';
import type { Mesh } from '../../spec/model.ts';
import { captureTaskName } from './destination.ts';
import type { Services } from './services.ts';

const CAPTURES = 'capture/';

/** `capture/shop.orders@1/orders` made `what`, and no input of the mesh is called so. */
export interface LeftBehind {
  readonly input: string;
  readonly what: string;
}

export interface RemovedLeaving extends LeftBehind {
  /** Undefined where it is removed. */
  readonly problem?: string;
}

interface Found extends LeftBehind {
  readonly leavings: Leavings;
  readonly cursor: unknown;
}

export interface LeavingsOptions {
  readonly services: Pick<Services, 'journal' | 'log'>;
  readonly mesh: Mesh;
  readonly connectors: ReadonlyMap<string, InputConnector>;
  readonly reveal: Reveal;
}

export class LeavingsOfInputs {
  readonly #options: LeavingsOptions;

  constructor(options: LeavingsOptions) {
    this.#options = options;
  }

  list(): LeftBehind[] {
    return this.#found().map(({ input, what }) => ({ input, what }));
  }

  /** Where an operator sees it: what is left keeps the log of its server. */
  tell(): void {
    for (const { input, what } of this.list())
      this.#options.services.log.warn(
        `The mesh has no input "${input}" any more; it left ${what} at its source. To remove that: wharf clean --remove`,
      );
  }

  /** One after the other; what goes wrong with one does not keep the others. */
  async remove(): Promise<RemovedLeaving[]> {
    const removed: RemovedLeaving[] = [];
    for (const found of this.#found()) {
      const { input, what } = found;
      const problem = await this.#removeOne(found);
      removed.push({ input, what, ...(problem === undefined ? {} : { problem }) });
    }
    return removed;
  }

  #found(): Found[] {
    const { services, mesh, connectors } = this.#options;
    const known = new Set(
      mesh.products.flatMap((product) =>
        product.inputs.flatMap((input) => (input.kind === 'external' ? captureTaskName(product, input) : [])),
      ),
    );
    const all = [...connectors.values()].flatMap((one) => (one.kind === 'pull' && one.leavings) || []);
    const found: Found[] = [];
    for (const { task, value: cursor } of services.journal.cursors(CAPTURES)) {
      if (known.has(task)) continue;
      for (const leavings of all) {
        const what = leavings.describe(task, cursor);
        if (what !== undefined) found.push({ input: task.slice(CAPTURES.length), what, leavings, cursor });
      }
    }
    return found;
  }

  /** Why it could not be removed. */
  async #removeOne({ input, leavings, cursor }: Found): Promise<string | undefined> {
    const { services, mesh, reveal } = this.#options;
    const problems: string[] = [];
    for (const connection of mesh.connections.filter(({ type }) => type === leavings.connectionType)) {
      try {
        const outcome = await leavings.remove({ connection, reveal, baseFolder: mesh.folder }, cursor);
        if (outcome === 'elsewhere') continue;
        const value = leavings.afterwards(cursor);
        await services.journal.commit({ cursors: [{ task: CAPTURES + input, value }] });
        return undefined;
      } catch (thrown) {
        problems.push(messageOf(thrown));
      }
    }
    return problems.length > 0
      ? problems.join(' ')
      : 'No connection of the mesh leads to where it was made; put one into mesh.yaml, or remove it there by hand.';
  }
}
