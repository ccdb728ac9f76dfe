import type { FastifyReply } from 'fastify';
import type { SnapshotReader } from '../../kit/reader.ts';

/** How long an answer at a fixed position may be kept without asking; short enough for an erasure to be felt. */
export const FIXED_POSITION_MAX_AGE_S = 3_600;

const POSITION = /^\d+$/;

/**
 * Says which position the answer shows, and how long it may be kept: one that was asked for by number never changes, but what may be seen of
 * it does, unless anybody may see all.
 */
export function setDataHeaders(
  reply: FastifyReply,
  { position, sight }: Pick<SnapshotReader, 'position' | 'sight'>,
  at: string | undefined,
): void {
  reply.header('Wharf-Position', String(position));
  const isFixed = at !== undefined && POSITION.test(at) && sight === '';
  reply.header('Cache-Control', isFixed ? `private, max-age=${FIXED_POSITION_MAX_AGE_S}` : 'no-cache');
}
