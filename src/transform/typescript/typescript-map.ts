/** Mapping by TypeScript, record by record: the same promises as `record-map.ts` gives for SQL. */
import { rm } from 'node:fs/promises';
import { WharfError } from '../../base/errors.ts';
import { LineFile } from '../../base/line-file.ts';
import type { Engine } from '../../engine/engine.ts';
import { columnsOf, type Dataset, type Field } from '../../schema/field.ts';
import { sourceRowsSql } from '../../schema/load-sql.ts';
import type { Transform } from '../../spec/model.ts';
import '../errors.ts';
import { POSITION_COLUMN } from '../mapped-rows-sql.ts';
import type { MapRequest, MapResult, RecordMap } from '../record-map.ts';
import { buildTypescript } from './build-typescript.ts';
import { labelledLinesSql } from './labelled-lines-sql.ts';
import { runLines } from './run-lines.ts';
import { type FetchRows, TypescriptRunner } from './typescript-runner.ts';

export interface TypescriptMapPlan {
  readonly transform: Transform;
  /** The input's name: the function that takes its records. */
  readonly input: string;
  readonly fields: readonly Field[];
  readonly dataset: Dataset;
}

/** Throws TRANSFORM_TYPESCRIPT, TRANSFORM_PROCESS. The caller closes the map. */
export async function planTypescriptMap(plan: TypescriptMapPlan): Promise<RecordMap> {
  const { transform, input, fields, dataset } = plan;
  const { built, problems } = await buildTypescript(transform);
  if (!built) {
    const message = problems.map((problem) => problem.message).join(' ');
    throw new WharfError('TRANSFORM_TYPESCRIPT', message, { hint: 'wharf check shows where.' });
  }
  const setup = { inputs: [{ name: input, fields, key: [] }], fields: columnsOf(dataset) };
  const runner = new TypescriptRunner({ built, setup });
  const functions = await runner.functions();
  if (functions.includes(input)) return new TypescriptMap(plan, runner);
  await runner.close();
  throw new WharfError('TRANSFORM_TYPESCRIPT', `${built.file} has no function "${input}".`, {
    hint: `Write one that takes the records of that input: ${input}(record) { return [...]; }`,
  });
}

/** A source log has no rows that could be looked up. */
const noRows: FetchRows = async (asked) => asked.map(() => ({ row: undefined }));

class TypescriptMap implements RecordMap {
  readonly #plan: TypescriptMapPlan;
  readonly #runner: TypescriptRunner;

  constructor(plan: TypescriptMapPlan, runner: TypescriptRunner) {
    this.#plan = plan;
    this.#runner = runner;
  }

  async run(engine: Engine, request: MapRequest): Promise<MapResult> {
    const file = `${request.out}.records`;
    const { input, fields } = this.#plan;
    const lines = labelledLinesSql(sourceRowsSql(fields, request.staged), fields, {
      label: POSITION_COLUMN,
      order: POSITION_COLUMN,
      file,
    });
    const out = await LineFile.create(request.out);
    const positions: number[] = [];
    const failures: { position: number; message: string }[] = [];
    try {
      await engine.run(lines);
      for await (const batch of runLines({ runner: this.#runner, input, file, fetch: noRows })) {
        const rows: string[] = [];
        for (const { label, ran } of batch) {
          const position = Number(label);
          if (ran.rows === undefined) failures.push({ position, message: ran.failure });
          for (const row of ran.rows ?? []) {
            rows.push(`${row}\n`);
            positions.push(position);
          }
        }
        await out.append(Buffer.from(rows.join('')), rows.length);
      }
    } finally {
      await out.close();
      await rm(file, { force: true });
    }
    return { positions, failures };
  }

  close(): Promise<void> {
    return this.#runner.close();
  }
}
