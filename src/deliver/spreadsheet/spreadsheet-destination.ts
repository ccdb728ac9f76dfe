/**
 * One workbook, written beside its place and then moved there, so that readers open the old one or the new one.
 *
 * The workbook's own properties say which delivery made it, at which position and with which meaning: that moves with the rows. Who
 * delivers now stands in a hidden file beside it, which is looked at before each move. A workbook that somebody saved from Excel is
 * ours by that file, has no properties of ours in front any more, and is written anew.
 */
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { crashPoint } from '../../base/crash-points.ts';
import { codeOf, WharfError } from '../../base/errors.ts';
import { syncFolder, writeFileAtomically } from '../../base/files.ts';
import { randomName } from '../../base/random.ts';
import type { DeliveredState, DeliveryContext, Destination } from '../../kit/delivery.ts';
import '../../kit/errors.ts';
import { refuseLongCells, workbookChunks } from '../../kit/workbook/workbook-chunks.ts';
import { folderError } from '../folder-error.ts';
import { aboutTables } from './about-tables.ts';
import { readMark, type WorkbookMark } from './workbook-mark.ts';

interface Writer {
  readonly delivery: string;
  readonly writer: string;
}

export class SpreadsheetDestination implements Destination {
  readonly #context: DeliveryContext;
  readonly #file: string;
  readonly #writer = randomName();
  #mark: WorkbookMark | undefined;

  private constructor(context: DeliveryContext, file: string, mark: WorkbookMark | undefined) {
    this.#context = context;
    this.#file = file;
    this.#mark = mark;
  }

  /** Throws DELIVERY_OCCUPIED, and as `folderError`. */
  static async open(context: DeliveryContext, file: string): Promise<SpreadsheetDestination> {
    try {
      const mark = await readMark(file);
      const owner = mark?.delivery ?? (await readWriter(file))?.delivery;
      const isFree = owner === undefined && !(await exists(file));
      if (owner !== context.name && !isFree) throw occupied(file, owner);
      const destination = new SpreadsheetDestination(context, file, mark);
      await destination.#takeOver();
      return destination;
    } catch (thrown) {
      throw folderError(thrown, file);
    }
  }

  get position(): number | undefined {
    return this.#mark?.stamp === this.#context.shape.stamp ? this.#mark.position : undefined;
  }

  /** Throws XLSX_CELL_TOO_LONG, XLSX_TOO_WIDE, XLSX_TOO_LARGE, DELIVERY_FENCED, and as `folderError`. */
  async load(state: DeliveredState): Promise<void> {
    const { shape, signal } = this.#context;
    const files = await state.write({ format: 'ndjson', ordered: true, signal });
    try {
      const rows = files.files[0]?.path ?? '';
      await refuseLongCells(rows, shape.dataset.fields);
      await this.#replace(rows, files.rows, state.position);
    } catch (thrown) {
      throw folderError(thrown, this.#file);
    } finally {
      await files.release();
    }
  }

  async close(): Promise<void> {
    // Nothing is kept open between two steps.
  }

  async #replace(rows: string, count: number, position: number): Promise<void> {
    const { name, shape, signal, clock } = this.#context;
    const mark = { delivery: name, position, stamp: shape.stamp };
    const writtenAt = new Date(clock.nowMs()).toISOString();
    const tables = aboutTables(this.#context, { position, rows: count, writtenAt });
    const properties = { ...mark, position: String(position) };
    const temporary = path.join(path.dirname(this.#file), `${hidden(this.#file)}.${randomName()}.tmp`);
    try {
      const handle = await open(temporary, 'wx');
      try {
        crashPoint('deliver.spreadsheet-before-write');
        for await (const chunk of workbookChunks(rows, shape.dataset.fields, false, { tables, properties })) {
          signal.throwIfAborted();
          await handle.writeFile(chunk);
        }
        await handle.sync();
      } finally {
        await handle.close();
      }
      await this.#refuseFenced();
      crashPoint('deliver.spreadsheet-before-move');
      await rename(temporary, this.#file);
    } catch (thrown) {
      await rm(temporary, { force: true });
      throw thrown;
    }
    syncFolder(path.dirname(this.#file));
    this.#mark = mark;
  }

  /** From here on earlier writers are refused; what they left unfinished is removed. */
  async #takeOver(): Promise<void> {
    const folder = path.dirname(this.#file);
    await mkdir(folder, { recursive: true });
    crashPoint('deliver.spreadsheet-before-claim');
    const writer: Writer = { delivery: this.#context.name, writer: this.#writer };
    await writeFileAtomically(writerFile(this.#file), `${JSON.stringify(writer)}\n`);
    const begin = `${hidden(this.#file)}.`;
    const left = (await readdir(folder)).filter((name) => name.startsWith(begin) && name.endsWith('.tmp'));
    for (const name of left) await rm(path.join(folder, name), { force: true });
  }

  async #refuseFenced(): Promise<void> {
    if ((await readWriter(this.#file))?.writer === this.#writer) return;
    throw new WharfError('DELIVERY_FENCED', `Another process keeps "${this.#file}" up to date now.`, {
      hint: 'Stop one of the two, then resume the delivery with: wharf deliveries resume',
    });
  }
}

function hidden(file: string): string {
  return `.${path.basename(file)}`;
}

function writerFile(file: string): string {
  return path.join(path.dirname(file), `${hidden(file)}.wharf.json`);
}

async function readWriter(file: string): Promise<Writer | undefined> {
  try {
    return JSON.parse(await readFile(writerFile(file), 'utf8')) as Writer;
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return false;
    throw thrown;
  }
}

function occupied(file: string, owner: string | undefined): WharfError {
  const said = owner === undefined ? 'was not made by this delivery' : `belongs to "${owner}"`;
  return new WharfError('DELIVERY_OCCUPIED', `The file "${file}" ${said}.`, {
    hint: 'Give the delivery a file of its own.',
  });
}
