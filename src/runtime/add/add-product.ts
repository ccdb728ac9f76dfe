/** `wharf add`: looks at a file and writes the spec of a product that captures it. */
import { createReadStream, existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { WharfError } from '../../base/errors.ts';
import { silentLog } from '../../base/log.ts';
import { randomName } from '../../base/random.ts';
import {
  type DraftColumnsOptions,
  draftFromBytes,
  draftFromColumns,
} from '../../catalog/draft-from-bytes.ts';
import type { DraftOptions, ProductDraft } from '../../catalog/draft-product.ts';
import type { Engine } from '../../engine/engine.ts';
import { startEngine } from '../../engine/start-engine.ts';
import { fieldOfSqlType } from '../../schema/field-of-sql-type.ts';
import { sqlText } from '../../schema/sql-type.ts';
import type { Mesh } from '../../spec/model.ts';
import { columnarToNdjson } from '../columnar-file.ts';
import { type BroughtFile, bringFile } from './bring-file.ts';
import './errors.ts';

const ENGINE_MEMORY_MB = 512;

export interface AddOptions {
  readonly mesh: Mesh;
  /** A file's path, or a URL. */
  readonly source: string;
  readonly domain?: string;
  readonly owner?: string;
  /** The path of the product's JSON Schema, as seen from the mesh folder. */
  readonly schema: string;
}

export interface Added {
  readonly file: BroughtFile;
  readonly draft: ProductDraft;
  /** The spec file that was written, from the mesh folder. */
  readonly spec: string;
}

export async function addProduct(options: AddOptions): Promise<Added> {
  const { mesh, source } = options;
  const domain = options.domain ?? onlyDomain(mesh);
  const owner = options.owner ?? ownerOf(mesh, domain);
  const file = await bringFile(mesh.folder, source);
  const draftOptions: DraftOptions = {
    name: path.basename(file.absolute),
    domain,
    path: file.relative,
    schema: options.schema,
    ...(owner ? { owner } : {}),
  };
  const draft = isParquet(file)
    ? await draftParquet(file, draftOptions)
    : await draftText(file, draftOptions);
  return { file, draft, spec: await writeDraft(mesh, draft) };
}

/** The name of the file that was written into the mesh folder. Throws ADD_EXISTS. */
export async function writeDraft(mesh: Mesh, draft: ProductDraft): Promise<string> {
  const spec = path.join(mesh.folder, draft.fileName);
  if (existsSync(spec) || mesh.products.some((product) => product.name === draft.product)) {
    throw new WharfError('ADD_EXISTS', `The product "${draft.product}" is declared already.`, {
      hint: 'Rename the file, or name another --domain.',
    });
  }
  await writeFile(spec, draft.yaml, { flag: 'wx' });
  return draft.fileName;
}

/** The mesh's only domain. Throws ADD_NO_DOMAIN. */
export function onlyDomain(mesh: Mesh): string {
  const [first, ...others] = mesh.domains;
  if (!first) return mesh.name;
  if (others.length === 0) return first.name;
  throw new WharfError('ADD_NO_DOMAIN', 'The mesh has several domains.', {
    hint: `Name one: --domain ${mesh.domains.map((d) => d.name).join(' | ')}`,
  });
}

export function ownerOf(mesh: Mesh, domain: string): string | undefined {
  return mesh.domains.find((d) => d.name === domain)?.owner ?? mesh.teams[0]?.name;
}

function isParquet(file: BroughtFile): boolean {
  return file.absolute.toLowerCase().endsWith('.parquet');
}

function draftText(file: BroughtFile, options: DraftOptions): Promise<ProductDraft> {
  return draftFromBytes({ ...options, chunks: createReadStream(file.absolute) });
}

async function draftParquet(file: BroughtFile, options: DraftOptions): Promise<ProductDraft> {
  const temporaryFolder = path.join(os.tmpdir(), `wharf-add-${randomName()}`);
  const engine = startEngine({
    role: 'trusted',
    temporaryFolder,
    memoryMb: ENGINE_MEMORY_MB,
    threads: 1,
    log: silentLog,
  });
  try {
    return await draftFromColumns(await parquetColumns(engine, file, options, temporaryFolder));
  } finally {
    await engine.close();
    await rm(temporaryFolder, { recursive: true, force: true });
  }
}

async function parquetColumns(
  engine: Engine,
  file: BroughtFile,
  options: DraftOptions,
  folder: string,
): Promise<DraftColumnsOptions> {
  const described = await engine.describe(`select * from read_parquet(${sqlText(file.absolute)})`);
  const columns = described.map(({ name, type }) => fieldOfSqlType(name, type));
  const records = await columnarToNdjson(engine, file.absolute, columns, folder);
  return { ...options, columns, records: createReadStream(records) };
}
