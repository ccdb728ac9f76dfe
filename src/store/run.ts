/** What the store knows of its files. */

/** A column as a run holds it. */
export interface StoredColumn {
  readonly name: string;
  /** The engine's type. */
  readonly type: string;
}

/** An immutable Parquet file with records of one dataset, or with their state. */
export interface Run {
  /** Name in the stream's folder. */
  readonly file: string;
  /** Positions of the first and last record in it, or reduced into it. */
  readonly first: number;
  readonly last: number;
  readonly rows: number;
  readonly bytes: number;
  readonly crc: number;
  /** Time of the first and last record, microseconds. */
  readonly timeFromUs: number;
  readonly timeToUs: number;
  /** Index into the dataset's `schemas`. */
  readonly schema: number;
}

/** A state run; a *complete* one stands for everything up to its last position, and holds no tombstones. */
export interface StateRun extends Run {
  readonly complete: boolean;
  /** True when its groups of rows are large, which is faster for scans, and takes more memory to write. */
  readonly forScans?: boolean;
}

export interface DatasetManifest {
  /** States at earlier positions cannot be read; 0 when all can. */
  readonly floor: number;
  /** Time of the record at the floor, microseconds. */
  readonly floorTimeUs: number;
  /** The state at the floor; undefined while nothing was dropped, and for datasets without a key. */
  readonly floorState: StateRun | undefined;
  /** Every set of columns that was ever written, the newest last. */
  readonly schemas: readonly (readonly StoredColumn[])[];
  /** Key and reductions by which the state runs were made. */
  readonly rule: string;
  /** Ascending, disjoint; every record of the dataset in (floor, flushed] is in one. */
  readonly history: readonly Run[];
  /** Ascending, disjoint; the first one is complete; all records up to the last one's `last` are in them. */
  readonly state: readonly StateRun[];
}

export interface Manifest {
  readonly format: 1;
  /** Number of the next file. */
  readonly nextFile: number;
  /** The last position that runs hold. */
  readonly flushed: number;
  readonly datasets: Readonly<Record<string, DatasetManifest>>;
}

export const MANIFEST_FORMAT = 1;

export const EMPTY_MANIFEST: Manifest = { format: 1, nextFile: 1, flushed: 0, datasets: {} };

export function emptyDatasetManifest(rule: string): DatasetManifest {
  return { floor: 0, floorTimeUs: 0, floorState: undefined, schemas: [], rule, history: [], state: [] };
}

/** The files that a manifest names. */
export function filesOf(manifest: Manifest): Set<string> {
  const files = new Set<string>();
  for (const dataset of Object.values(manifest.datasets)) {
    for (const run of [...dataset.history, ...dataset.state]) files.add(run.file);
    if (dataset.floorState) files.add(dataset.floorState.file);
  }
  return files;
}

/** The manifest with one dataset's part replaced. */
export function withDataset(manifest: Manifest, name: string, dataset: DatasetManifest): Manifest {
  return { ...manifest, datasets: { ...manifest.datasets, [name]: dataset } };
}
