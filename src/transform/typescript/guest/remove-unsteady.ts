/**
 * Takes away what could give something else another time: the time, chance, timers, the process, the network. What is left in its
 * place throws an error that names the rule.
 */

const GONE = [
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
    `${what} is not there in a transform: it must give the same rows for the same records, whenever it runs.`,
  );
}

/** Gives the real clock in milliseconds, for whoever measures from outside. */
export function removeUnsteady(): () => number {
  const now = Date.now.bind(Date);
  for (const name of GONE) {
    Object.defineProperty(globalThis, name, { get: () => refuse(name), configurable: false });
  }
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
