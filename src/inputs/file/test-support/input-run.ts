/** Runs the input again and again over one folder, as restarts do. */
import { utimesSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { type CollectOptions, collect, restarted } from '../../../../test/conformance/inputs.ts';
import { WharfError } from '../../../base/errors.ts';
import type { CaptureBatch, Cursor } from '../../../kit/input.ts';
import { fileInput } from '../file-input.ts';
import { TestFolder } from './test-folder.ts';

export type Options = Readonly<Record<string, unknown>>;

export class InputRun extends TestFolder {
  cursor: Cursor;
  readonly warnings: string[] = [];

  /** Goes on from where the last run ended, until the input has caught up. */
  async run(options: Options, more: CollectOptions = {}): Promise<readonly CaptureBatch[]> {
    const warn = (text: string) => void this.warnings.push(text);
    const context = {
      options: { every: '10ms', ...options },
      baseFolder: this.path,
      toNdjson: copied,
      log: { info: () => undefined, error: () => undefined, warn },
    };
    const { batches } = await collect(fileInput, context, { cursor: restarted(this.cursor), ...more });
    this.cursor = batches.at(-1)?.cursor ?? this.cursor;
    return batches;
  }

  async failure(options: Options): Promise<WharfError> {
    const outcome = await this.run(options).catch((thrown: unknown) => thrown);
    if (outcome instanceof WharfError) return outcome;
    throw new Error(`expected an error, received ${JSON.stringify(outcome)}`);
  }

  /** Makes a file look as if it was written long ago. */
  age(name: string): void {
    utimesSync(this.at(name), 1_000_000_000, 1_000_000_000);
  }
}

/** Stands in for the engine: the file holds NDJSON already. */
async function copied(file: string): Promise<string> {
  await copyFile(file, `${file}.copy`);
  return `${file}.copy`;
}

export const wholesOf = (batches: readonly CaptureBatch[]) => batches.map((batch) => batch.whole);
