import { type RunningChild, startChild } from '../../../src/journal/children/start-child.ts';

const ANSWER_MS_MAX = 120_000;

/** One process that answers each line with a line; started again when a question ends it. It says `ready` first. */
export class AskedChild {
  readonly #script: string;
  #child: RunningChild | undefined;
  #answers = 0;

  constructor(script: string) {
    this.#script = script;
  }

  /** What it answers; `died` with the signal or exit code when it does not. */
  async ask(question: string): Promise<string> {
    if (!this.#child) {
      this.#child = startChild(process.execPath, [this.#script]);
      this.#answers = 1;
      await this.#child.line('ready');
    }
    const child = this.#child;
    const wanted = this.#answers++;
    child.process.stdin?.write(`${question}\n`);
    const answered = new Promise<string>((resolve) => {
      const look = () => {
        const line = child.lines[wanted];
        if (line === undefined) return;
        child.process.off('lines', look);
        resolve(line);
      };
      child.process.on('lines', look);
    });
    const died = child.ended.then(({ code, signal }) => `died ${signal ?? code}`);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve('died of waiting'), ANSWER_MS_MAX);
    });
    const answer = await Promise.race([answered, died, late]);
    clearTimeout(timer);
    if (answer.startsWith('died')) await this.close();
    return answer;
  }

  async close(): Promise<void> {
    this.#child?.process.kill('SIGKILL');
    await this.#child?.ended;
    this.#child = undefined;
  }
}
