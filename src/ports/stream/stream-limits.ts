/** How much a stream's clients may take. */
export interface StreamLimits {
  /** Clients that follow one product at once. */
  readonly clientsMax: number;
  /** Bytes that wait for a client before nothing more is read for it. */
  readonly bufferBytesMax: number;
  /** Bytes that wait for all clients together: with many of them, each has a smaller share, but never less than ... */
  readonly buffersBytesMax: number;
  /** ... this. */
  readonly bufferBytesMin: number;
  /** Milliseconds that a client has to take a full buffer before it is cut off. */
  readonly stallMs: number;
  /** Milliseconds between signs of life. */
  readonly heartbeatMs: number;
  /** Milliseconds that a client is asked to wait before it connects again. */
  readonly retryMs: number;
  /** Milliseconds that a client that was cut off has to take the last event. */
  readonly closeMs: number;
  /** Milliseconds that the answer waits for the first records, so that what is wrong with them has a status of its own. */
  readonly startMs: number;
}

export const STREAM_CLIENTS_MAX = 10_000;
export const STREAM_BUFFER_BYTES_MAX = 1024 * 1024;
export const STREAM_BUFFERS_BYTES_MAX = 128 * 1024 * 1024;
export const STREAM_BUFFER_BYTES_MIN = 16 * 1024;
export const STREAM_STALL_MS = 30_000;
export const STREAM_HEARTBEAT_MS = 15_000;
export const STREAM_RETRY_MS = 2_000;
export const STREAM_CLOSE_MS = 5_000;
export const STREAM_START_MS = 100;

export const STREAM_LIMITS: StreamLimits = Object.freeze({
  clientsMax: STREAM_CLIENTS_MAX,
  bufferBytesMax: STREAM_BUFFER_BYTES_MAX,
  buffersBytesMax: STREAM_BUFFERS_BYTES_MAX,
  bufferBytesMin: STREAM_BUFFER_BYTES_MIN,
  stallMs: STREAM_STALL_MS,
  heartbeatMs: STREAM_HEARTBEAT_MS,
  retryMs: STREAM_RETRY_MS,
  closeMs: STREAM_CLOSE_MS,
  startMs: STREAM_START_MS,
});

/** Bytes that may wait for one of so many clients. */
export function bufferBytesOf(limits: StreamLimits, clients: number): number {
  const share = Math.floor(limits.buffersBytesMax / Math.max(1, clients));
  return Math.min(limits.bufferBytesMax, Math.max(limits.bufferBytesMin, share));
}
