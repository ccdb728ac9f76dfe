/** Does work one by one, in the order of the calls. */
export class OneByOne {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Works when all before it has ended. What is given up until then says undefined at once: a process that does not let go of an interrupted
   * task is killed, with all else that runs in it.
   */
  run<T>(work: () => Promise<T>, givenUp: AbortSignal): Promise<T | undefined> {
    const before = this.#last;
    const turn = Promise.race([before, aborted(givenUp)]).then(() => (givenUp.aborted ? undefined : work()));
    this.#last = Promise.allSettled([before, turn]);
    return turn;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
