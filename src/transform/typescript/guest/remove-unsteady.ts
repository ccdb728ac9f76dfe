/**
 * Takes away what could give something else another time (the time, chance, timers, the process, the network), and what takes memory
 * beyond the heap, which alone is limited. What is left in its place throws an error that names the rule.
 */

import { IS_REMOVED } from '../removed.ts';

const BEYOND_THE_HEAP = [
  'ArrayBuffer',
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
];

const UNSTEADY = [
  'process',
  'require',
  'fetch',
  'crypto',
  'performance',
  'navigator',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'WebSocket',
  'XMLHttpRequest',
  'WeakRef',
  'FinalizationRegistry',
  'SharedArrayBuffer',
  'Atomics',
  'WebAssembly',
];

function refuse(what: string): never {
  throw new Error(
    `${what} ${IS_REMOVED}: it must give the same rows for the same records, whenever it runs.`,
  );
}

function refuseMemory(name: string): never {
  throw new Error(`${name} ${IS_REMOVED}: it takes memory that cannot be limited.`);
}

function replace(name: string, get: () => never): void {
  Object.defineProperty(globalThis, name, { get, configurable: false });
}

/** Gives the real clock in milliseconds, for whoever measures from outside. */
export function removeUnsteady(): () => number {
  const now = Date.now.bind(Date);
  for (const name of UNSTEADY) replace(name, () => refuse(name));
  for (const name of BEYOND_THE_HEAP) replace(name, () => refuseMemory(name));
  Math.random = () => refuse('Math.random()');
  replaceDate();
  replaceFormats();
  return now;
}

/** A date must be made of something. */
function replaceDate(): void {
  const RealDate = Date;
  RealDate.now = () => refuse('Date.now()');
  const steady = new Proxy(RealDate, {
    construct: (target, given, asked) =>
      given.length === 0 ? refuse('new Date() without a value') : Reflect.construct(target, given, asked),
    apply: () => refuse('Date()'),
  });
  Object.defineProperty(RealDate.prototype, 'constructor', { value: steady });
  globalThis.Date = steady;
}

/** Formats of dates take the current time when they are given none. */
function replaceFormats(): void {
  const { prototype } = Intl.DateTimeFormat;
  const format = Object.getOwnPropertyDescriptor(prototype, 'format')?.get;
  const parts = prototype.formatToParts;
  Object.defineProperty(prototype, 'format', {
    get() {
      const real = format?.call(this) as (date?: Date | number) => string;
      return (date?: Date | number) => (date === undefined ? refuse('format() without a date') : real(date));
    },
  });
  prototype.formatToParts = function (date) {
    return date === undefined ? refuse('formatToParts() without a date') : parts.call(this, date);
  };
}
