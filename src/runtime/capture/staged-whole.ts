import { rm } from 'node:fs/promises';
import path from 'node:path';
import { LineFile } from '../../base/line-file.ts';
import { randomName } from '../../base/random.ts';
import { applyDifference } from './apply-difference.ts';
import { commitRecords } from './commit-records.ts';
import type { Destination } from './destination.ts';
import type { Services } from './services.ts';
import type { WholePart, WholeSource } from './whole-source.ts';

/** Where no transform maps the records: they are staged in a file, which is compared with the state at the end. */
export class StagedWhole implements WholeSource {
  readonly #services: Services;
  readonly #destination: Destination;
  #staging: LineFile | undefined;

  constructor(services: Services, destination: Destination) {
    this.#services = services;
    this.#destination = destination;
  }

  async settle({ whole, verdict, rejects, cursor }: WholePart): Promise<void> {
    const { journal, store } = this.#services;
    if (whole.first) await this.#begin();
    const staging = this.#staging;
    if (!staging) throw new Error('Invariant broken: a whole source goes on that never began');
    await staging.append(verdict.accepted, verdict.count);
    if (rejects.length > 0) await commitRecords(journal, { appends: [], rejects, cursors: [] });
    if (!whole.last) return;
    const { stream, dataset } = this.#destination;
    await applyDifference({
      ...{ journal, store, stream, dataset },
      staged: staging.path,
      deletes: whole.deletes,
      cursors: [cursor],
    });
    await this.drop();
  }

  async drop(): Promise<void> {
    const staging = this.#staging;
    this.#staging = undefined;
    if (!staging) return;
    await staging.close();
    await rm(staging.path, { force: true });
  }

  async #begin(): Promise<void> {
    await this.drop();
    const file = path.join(this.#services.temporaryFolder, `whole-${randomName()}.ndjson`);
    this.#staging = await LineFile.create(file);
  }
}
