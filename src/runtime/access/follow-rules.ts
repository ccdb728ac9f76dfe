/**
 * Rules of access as the specs say them now: who may do what can be changed while the platform runs. They count once the whole mesh has been
 * checked anew and nothing but rules is another; all else that a spec says waits for the next start.
 */
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Registries } from '../../kit/registry.ts';
import type { Mesh } from '../../spec/model.ts';
import { findSpecFiles } from '../../spec/source/find-spec-files.ts';
import { checkMesh } from '../check/check-mesh.ts';
import type { Platform } from '../platform.ts';

const LOOK_MS = 2_000;
/** Reading thousands of specs takes a while: it is waited for so many times as long before the next look, up to a bound. */
const LOOK_SHARE = 50;
const LOOK_MS_MAX = 15_000;
/** Parts of a mesh that may change while it is served: what rules say, and where anything stands in its file. */
const MAY_CHANGE = new Set(['access', 'place']);

export interface FollowOptions {
  readonly registries: Registries;
  /** The texts that the platform was started with, by file. */
  readonly sources: ReadonlyMap<string, string>;
  readonly log: Log;
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
}

type Followed = Pick<Platform, 'mesh' | 'access' | 'audit'>;

/** Resolves once the signal is aborted. */
export async function followRules(platform: Followed, options: FollowOptions): Promise<void> {
  const { sources, log, clock, signal } = options;
  let known = textOf(sources);
  let told: string | undefined;
  let waitMs = LOOK_MS;
  while (!signal.aborted) {
    try {
      await clock.sleep(waitMs, signal);
      const startedMs = clock.nowMs();
      const now = await readTexts(platform.mesh.folder);
      waitMs = Math.min(LOOK_MS_MAX, Math.max(LOOK_MS, LOOK_SHARE * (clock.nowMs() - startedMs)));
      if (now === known) continue;
      await take(platform, options);
      // Not before: what went wrong with the machine is tried again at the next look, since a rule may have been taken away.
      known = now;
      told = undefined;
    } catch (error) {
      const warning = `The rules of access stay as they are: ${messageOf(error)}`;
      if (!signal.aborted && warning !== told) log.warn(warning);
      told = warning;
    }
  }
}

async function take({ mesh: running, access, audit }: Followed, options: FollowOptions): Promise<void> {
  const { registries, log } = options;
  const { mesh } = await checkMesh(running.folder, registries);
  if (!mesh)
    return log.warn(
      'The specs have changed and are not right; what is served stays as it is. See: wharf check',
    );
  if (rest(mesh) !== rest(running))
    return log.warn(
      'More than rules of access has changed in the specs: it counts, and so do they, from the next start.',
    );
  const changed = access.changeRules(mesh.products);
  if (changed.length === 0) return;
  log.info(`Rules of access have changed: ${changed.join(', ')}`);
  const nothing = { port: null, position: null, purpose: null, rows: null, detail: null };
  for (const product of changed)
    await audit.write({ principal: 'operator', action: 'rules', product, ...nothing });
}

function rest(mesh: Mesh): string {
  return JSON.stringify(mesh, (key, value: unknown) => (MAY_CHANGE.has(key) ? undefined : value));
}

async function readTexts(folder: string): Promise<string> {
  const files = await findSpecFiles(folder);
  return textOf(new Map(files.map(({ path, text }) => [path, text ?? ''])));
}

function textOf(texts: ReadonlyMap<string, string>): string {
  return JSON.stringify([...texts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
