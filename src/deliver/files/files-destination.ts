/**
 * Files under one root:
 *
 *     latest.json                     what is current; it is replaced as a whole, and last
 *     writer.json                     who delivers here now
 *     snapshots/<position>-<name>/    the files of one snapshot, and its manifest.json
 *     changes/<name>/                 the files of changes, in folders <after>-<through>-<writer>, each with its manifest.json
 *     _delta_log/                     Parquet snapshots as a Delta table
 *
 * Files come first, then the manifest, then the Delta commit, then `latest.json`. After a crash between any two of them `latest.json`
 * names what it named before, all of which is still there. What was left behind is removed by the next opening: those who read all files
 * of a folder of changes would see records twice.
 */
import { crashPoint } from '../../base/crash-points.ts';
import { codeOf, WharfError } from '../../base/errors.ts';
import { randomName } from '../../base/random.ts';
import type {
  DeliveredChanges,
  DeliveredFiles,
  DeliveredState,
  DeliveryContext,
  DeliveryFormat,
  Destination,
} from '../../kit/delivery.ts';
import '../../kit/errors.ts';
import { DeltaLog, isDeltaTable } from './delta-log.ts';
import { type Manifest, type ManifestFile, manifestFile, manifestOf, type Pointer } from './manifest.ts';
import type { ObjectStore } from './object-store.ts';

const LATEST = 'latest.json';
const WRITER = 'writer.json';
const DIGITS = 15;

export interface FilesOptions {
  readonly context: DeliveryContext;
  readonly store: ObjectStore;
  readonly format: DeliveryFormat;
  readonly partitionBy: readonly string[];
  /** Snapshots that stay. */
  readonly keep: number;
  readonly isState: boolean;
}

export class FilesDestination implements Destination {
  readonly #options: FilesOptions;
  readonly #writer = randomName();
  /** What `latest.json` holds as far as is known, and its meaning. */
  #latest: string | undefined;
  #pointer: Pointer | undefined;
  /** Only where changes are delivered: states are written as a whole. */
  readonly apply?: (changes: DeliveredChanges) => Promise<void>;

  private constructor(options: FilesOptions, latest: string | undefined) {
    this.#options = options;
    this.#latest = latest;
    this.#pointer = latest === undefined ? undefined : (JSON.parse(latest) as Pointer);
    if (!options.isState) this.apply = (changes) => this.#applyChanges(changes);
  }

  /** Throws DELIVERY_OCCUPIED. */
  static async open(options: FilesOptions): Promise<FilesDestination> {
    try {
      return await FilesDestination.#open(options);
    } catch (thrown) {
      options.store.close();
      throw thrown;
    }
  }

  static async #open(options: FilesOptions): Promise<FilesDestination> {
    const { store, context } = options;
    const destination = new FilesDestination(options, await store.read(LATEST));
    const pointer = destination.#pointer;
    const isOurs =
      pointer?.delivery === context.name || (!pointer && (await isEmptyOrBegun(store, context.name)));
    if (!isOurs)
      throw new WharfError(
        'DELIVERY_OCCUPIED',
        `The folder of ${context.name} holds ${pointer ? `the files of "${pointer.delivery}"` : 'files that it did not make'}.`,
        { hint: 'Give the delivery a folder of its own.' },
      );
    await store.putText(
      WRITER,
      `${JSON.stringify({ delivery: context.name, writer: destination.#writer })}\n`,
    );
    await destination.#removeOld();
    await destination.#removeUnfinished();
    return destination;
  }

  get position(): number | undefined {
    const pointer = this.#pointer;
    const { context } = this.#options;
    const isSame = pointer?.stamp === context.shape.stamp && pointer.layout === this.#layout();
    return isSame ? pointer.position : undefined;
  }

  async load(state: DeliveredState): Promise<void> {
    const { isState } = this.#options;
    const name = randomName(4);
    const at = String(state.position).padStart(DIGITS, '0');
    const folder = isState ? `snapshots/${at}-${name}` : `changes/${name}`;
    const files = await state.write(this.#request());
    try {
      const target = isState ? folder : this.#stretch(folder, state.after, state.position);
      const after = isState ? {} : { after: state.after };
      const manifest = await this.#put(target, files, { position: state.position, ...after });
      await this.#switch(folder, `${target}/manifest.json`, manifest);
    } finally {
      await files.release();
    }
    await this.#removeOld();
  }

  async close(): Promise<void> {
    this.#options.store.close();
  }

  async #applyChanges(changes: DeliveredChanges): Promise<void> {
    const folder = this.#pointer?.folder ?? '';
    const target = this.#stretch(folder, changes.after, changes.through);
    const files = await changes.write(this.#request());
    try {
      const place = { position: changes.through, after: changes.after };
      const manifest = await this.#put(target, files, place);
      await this.#switch(folder, `${target}/manifest.json`, manifest);
    } catch (thrown) {
      // The other writer delivers the same records: ours would stand there a second time.
      if (codeOf(thrown) === 'DELIVERY_FENCED') await this.#removeBelow(`${target}/`);
      throw thrown;
    } finally {
      await files.release();
    }
  }

  /** Changes behind what `latest.json` names, of a writer that did not get to it. */
  async #removeUnfinished(): Promise<void> {
    const { store, isState } = this.#options;
    const pointer = this.#pointer;
    if (isState || !pointer) return;
    const begin = `${pointer.folder}/`;
    const names = await store.list(begin);
    const afterOf = (name: string) => Number(name.slice(begin.length).split('-')[0]);
    await store.remove(names.filter((name) => afterOf(name) >= pointer.position));
  }

  async #removeBelow(prefix: string): Promise<void> {
    const { store } = this.#options;
    await store.remove(await store.list(prefix));
  }

  #stretch(folder: string, after: number, through: number): string {
    const digits = [after, through].map((position) => String(position).padStart(DIGITS, '0'));
    return `${folder}/${digits.join('-')}-${this.#writer}`;
  }

  async #put(
    folder: string,
    written: DeliveredFiles,
    place: { readonly position: number; readonly after?: number },
  ): Promise<Manifest> {
    const { store, context, format, partitionBy } = this.#options;
    const files: ManifestFile[] = [];
    for (const file of written.files) {
      const name = `${folder}/${file.name}`;
      files.push(await manifestFile(file, name));
      await store.putFile(name, file.path);
    }
    crashPoint('deliver.files-before-manifest');
    const manifest = manifestOf({ context, format, partitionBy, ...place, rows: written.rows, files });
    await store.putText(`${folder}/manifest.json`, `${JSON.stringify(manifest, undefined, 2)}\n`);
    return manifest;
  }

  /** From here on readers see it. */
  async #switch(folder: string, name: string, manifest: Manifest): Promise<void> {
    const { store, context, isState, format } = this.#options;
    await this.#refuseFenced();
    if (isState && format === 'parquet' && isDeltaTable(context.shape.dataset))
      await new DeltaLog(store, context).commit(manifest);
    crashPoint('deliver.files-before-switch');
    const pointer: Pointer = {
      delivery: context.name,
      position: manifest.position,
      stamp: context.shape.stamp,
      layout: this.#layout(),
      manifest: name,
      folder,
    };
    const text = `${JSON.stringify(pointer, undefined, 2)}\n`;
    if (!(await store.swapText(LATEST, text, this.#latest))) throw this.#fenced();
    this.#latest = text;
    this.#pointer = pointer;
  }

  async #refuseFenced(): Promise<void> {
    const text = await this.#options.store.read(WRITER);
    const writer = text === undefined ? undefined : (JSON.parse(text) as { writer: string }).writer;
    if (writer !== this.#writer) throw this.#fenced();
  }

  #fenced(): WharfError {
    const { context } = this.#options;
    return new WharfError(
      'DELIVERY_FENCED',
      `Another process delivers to the folder of ${context.name} now.`,
      {
        hint: `Stop one of them, then: wharf deliveries resume ${context.product.id} ${context.name.split('/').at(-1)}`,
      },
    );
  }

  /** Snapshots that nobody should need any more, and what an interrupted writing left behind. */
  async #removeOld(): Promise<void> {
    const { store, keep, isState } = this.#options;
    const pointer = this.#pointer;
    if (!pointer) return;
    const root = isState ? 'snapshots/' : 'changes/';
    const names = await store.list(root);
    const folders = [...new Set(names.map((name) => name.split('/').slice(0, 2).join('/')))].sort();
    const others = folders.filter(
      (name) => name !== pointer.folder && names.includes(`${name}/manifest.json`),
    );
    const kept = new Set([
      pointer.folder,
      ...(isState ? others.slice(Math.max(0, others.length - keep + 1)) : []),
    ]);
    await store.remove(names.filter((name) => !kept.has(name.split('/').slice(0, 2).join('/'))));
  }

  #request() {
    const { format, partitionBy, context } = this.#options;
    const ordered = partitionBy.length === 0;
    return { format, partitionBy, ordered, signal: context.signal };
  }

  #layout(): string {
    const { format, partitionBy, context } = this.#options;
    return JSON.stringify([
      format,
      partitionBy,
      context.shape.dataset.fields.map(({ name, type }) => [name, type]),
    ]);
  }
}

/** True for a folder in which this delivery has begun and not ended, or nobody has anything. */
async function isEmptyOrBegun(store: ObjectStore, delivery: string): Promise<boolean> {
  const text = await store.read(WRITER);
  if (text !== undefined) return (JSON.parse(text) as { delivery: string }).delivery === delivery;
  return (await store.list('')).length === 0;
}
