/**
 * The platform at work: opens the data folder, wires source -> journal -> store -> readers for every product of a mesh, and
 * closes it all again in the opposite order.
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';
import { messageOf, WharfError } from '../base/errors.ts';
import { type Log, silentLog } from '../base/log.ts';
import { BUILT_IN_PRODUCTS } from '../catalog/system/all-products.ts';
import type { Engine } from '../engine/engine.ts';
import { type DataFolder, openDataFolder } from '../journal/data-folder.ts';
import { openJournal } from '../journal/open-journal.ts';
import { revealFrom } from '../kit/connection.ts';
import type { DeliveryConnector } from '../kit/delivery.ts';
import type { InputConnector } from '../kit/input.ts';
import type { ProductReader } from '../kit/reader.ts';
import type { ExternalInput, Mesh, Product } from '../spec/model.ts';
import { openStore } from '../store/open-store.ts';
import { AccessControl, unknownProduct, type View } from './access/access-control.ts';
import { AccessWatch } from './access/access-watch.ts';
import { AgreementService } from './access/agreement-service.ts';
import type { Asker } from './access/asker.ts';
import { AuditLog } from './access/audit-log.ts';
import { OpenId } from './access/open-id.ts';
import { TokenStore } from './access/token-store.ts';
import { baseFolderOf, connectionOf } from './base-folder.ts';
import { fedDataset } from './capture/destination.ts';
import { LeavingsOfInputs } from './capture/leavings-of-inputs.ts';
import type { Services } from './capture/services.ts';
import { CatalogTask } from './catalog/catalog-task.ts';
import { columnarToNdjson } from './columnar-file.ts';
import { ShortTurns } from './derive/short-turns.ts';
import './errors.ts';
import { Deliveries } from './deliver/deliveries.ts';
import { productStanding } from './deliver/product-standing.ts';
import { describe, ProductRuntime } from './product-runtime.ts';
import { Published } from './published.ts';
import { PushService, type PushTarget } from './push/push-service.ts';
import { AlertService } from './quality/alert-service.ts';
import { alertTargets } from './quality/alert-target.ts';
import { PortMeter } from './quality/port-meter.ts';
import { promiseProblem } from './quality/promise-problem.ts';
import { SloService } from './quality/slo-service.ts';
import { JournaledProductReader } from './reader/product-reader.ts';
import { SeenReader } from './reader/seen-reader.ts';
import { SnapshotFiles } from './reader/snapshot-files.ts';
import { ReadLog } from './reads/read-log.ts';
import { UsageMeter } from './reads/usage-meter.ts';
import { UsageTask } from './reads/usage-task.ts';
import { RejectLog } from './rejects/reject-log.ts';
import { startWorkers, type Workers } from './start-workers.ts';
import { startTracing, type Tracing } from './tracing/start-tracing.ts';

const MAINTAIN_INTERVAL_MS = 250;
/** Milliseconds from the start. */
const WARM_UP_AFTER_MS = 1_000;
const SWEEP_INTERVAL_MS = 600_000;

export interface PlatformOptions {
  readonly mesh: Mesh;
  readonly dataFolder: string;
  readonly connectors: ReadonlyMap<string, InputConnector>;
  /** What a checked mesh delivers to; none where nothing is delivered. */
  readonly destinations?: ReadonlyMap<string, DeliveryConnector>;
  readonly clock?: Clock;
  readonly log?: Log;
  /** False opens everything for reading and repair, without capturing; for commands on a server that is not up. */
  readonly capture?: boolean;
  /** Engines and threads of the caller, who closes them; own ones when left out. */
  readonly workers?: Workers;
}

interface Parts extends Pick<PlatformOptions, 'mesh' | 'workers' | 'connectors' | 'destinations'> {
  readonly folder: DataFolder;
  readonly services: Services;
  readonly reader: Engine;
  readonly files: SnapshotFiles;
  readonly alerts: AlertService;
  readonly tracing: Tracing;
  readonly tokens: TokenStore;
}

export class Platform {
  readonly mesh: Mesh;
  readonly dataFolder: DataFolder;
  readonly services: Services;
  readonly push: PushService;
  /** What ports answered since the start. */
  readonly ports = new PortMeter((product) => this.#products.get(product)?.product.slo.latency?.withinMs);
  readonly slo: SloService;
  /** Who reads what since the start, and just now. */
  readonly usage: UsageMeter;
  /** Hears of everything that ports give. */
  readonly reads: ReadLog;
  readonly audit: AuditLog;
  readonly agreements: AgreementService;
  readonly access: AccessControl;
  readonly accessWatch: AccessWatch;
  /** Undefined where the mesh names no issuer. */
  readonly openId: OpenId | undefined;
  readonly tokens: TokenStore;
  readonly #usageTask: UsageTask;
  readonly alerts: AlertService;
  readonly deliveries: Deliveries;
  readonly leavings: LeavingsOfInputs;
  readonly #reader: Engine;
  readonly #files: SnapshotFiles;
  readonly #ownsWorkers: boolean;
  readonly #tracing: Tracing;
  readonly #products = new Map<string, ProductRuntime>();
  readonly #builtIns = new Map<string, ProductRuntime>();
  readonly #catalog: CatalogTask;
  readonly #stop = new AbortController();
  #maintenance: Promise<void> = Promise.resolve();

  private constructor(parts: Parts) {
    const { services } = parts;
    this.mesh = parts.mesh;
    this.dataFolder = parts.folder;
    this.services = services;
    this.#reader = parts.reader;
    this.#files = parts.files;
    this.#ownsWorkers = parts.workers === undefined;
    this.alerts = parts.alerts;
    this.#tracing = parts.tracing;
    this.#catalog = new CatalogTask(services, parts.mesh);
    this.usage = new UsageMeter(() => services.clock.nowMs());
    this.tokens = parts.tokens;
    this.audit = new AuditLog(services);
    const products = new Map(parts.mesh.products.map((product) => [product.id, product]));
    this.agreements = new AgreementService(services, { products, alerts: parts.alerts, audit: this.audit });
    this.access = new AccessControl({
      products: parts.mesh.products,
      builtIns: BUILT_IN_PRODUCTS,
      agreements: this.agreements,
      clock: services.clock,
    });
    this.accessWatch = new AccessWatch(services.clock);
    const { signIn, teams } = parts.mesh;
    this.openId = signIn && new OpenId(signIn, teams, services);
    this.reads = new ReadLog(this.usage, this.audit, (id) => !this.access.isOpen({ id }));
    this.#usageTask = new UsageTask(services, this.usage);
    this.deliveries = new Deliveries({
      services,
      engine: parts.reader,
      mesh: parts.mesh,
      access: this.access,
      connectors: parts.destinations ?? new Map(),
      describe,
      standing: (product) => productStanding(this.product(product.id)),
      reveal: revealFrom(process.env),
    });
    this.leavings = new LeavingsOfInputs({ ...parts, reveal: revealFrom(process.env) });
    this.slo = new SloService({
      services,
      ports: this.ports,
      products: () => [...this.#products.values()],
      lagMs: ({ product }) => this.deliveries.lagMs(product.id),
      onChange: ({ product }, report) =>
        this.alerts.report(product, report.objective, promiseProblem(report)),
    });
    this.push = new PushService(services, (product, input) => this.#pushTarget(product, input));
  }

  /** Throws DATA_FOLDER_LOCKED, JOURNAL_VERSION and what opening the journal and the store throw. */
  static async open(options: PlatformOptions): Promise<Platform> {
    const clock = options.clock ?? systemClock;
    const log = options.log ?? silentLog;
    const folder = await openDataFolder(options.dataFolder, { mesh: options.mesh.name });
    try {
      return await Platform.#assemble(options, folder, clock, log);
    } catch (error) {
      await folder.release();
      throw error;
    }
  }

  static async #assemble(
    options: PlatformOptions,
    folder: DataFolder,
    clock: Clock,
    log: Log,
  ): Promise<Platform> {
    const temporaryFolder = path.join(folder.path, 'tmp');
    await rm(temporaryFolder, { recursive: true, force: true });
    const exports = path.join(temporaryFolder, 'files');
    await mkdir(exports, { recursive: true });
    const tokens = await TokenStore.open(folder.path, clock, options.mesh);
    const journal = await openJournal({ folder: folder.path, clock, log });
    const published = new Published(journal);
    await published.gate(options.mesh.products.flatMap(({ id, gate }) => (gate ? [id] : [])));
    const { engine, reader, pool } = options.workers ?? startWorkers(temporaryFolder, log);
    const store = await openStore({ folder: folder.path, journal, writer: engine, reader, clock, log });
    const rejects = new RejectLog(journal, store, reader);
    const tracing = startTracing(process.env, clock, log);
    const services: Services = {
      tracer: tracing.tracer,
      journal,
      published,
      store,
      pool,
      rejects,
      engine,
      turns: new ShortTurns(clock),
      clock,
      log,
      temporaryFolder,
    };
    const files = new SnapshotFiles(store, exports);
    const targets = options.capture === false ? [] : alertTargets(options.mesh, process.env);
    const alerts = new AlertService(services, options.mesh.name, targets);
    const platform = new Platform({ ...options, folder, services, reader, files, alerts, tracing, tokens });
    platform.#begin(options);
    return platform;
  }

  /** Another process took this one for gone and has the folder: not one more record may be written. */
  #stopWhenLost(): void {
    const { journal, log } = this.services;
    const stop = () => {
      log.error('The data folder was taken over by another process; nothing is journaled any more.');
      journal.close().catch((error: unknown) => log.error(`The journal did not close: ${messageOf(error)}`));
    };
    this.dataFolder.lost.addEventListener('abort', stop, { once: true });
  }

  #begin(options: PlatformOptions): void {
    this.#stopWhenLost();
    const products = new Map(this.mesh.products.map((product) => [product.id, product]));
    const open = (product: Product) => this.#open(product, products, options.connectors);
    for (const product of BUILT_IN_PRODUCTS) this.#builtIns.set(product.id, open(product));
    for (const product of this.mesh.products) this.#products.set(product.id, open(product));
    if (options.capture !== false) {
      this.#catalog.start();
      this.#usageTask.start();
      this.agreements.start();
      for (const product of this.#products.values()) product.start();
      this.deliveries.start();
      this.slo.start();
      this.alerts.start();
      this.leavings.tell();
    }
    this.#maintenance = this.#maintain();
    if (this.#ownsWorkers && options.capture !== false) this.#warmUp().catch(() => undefined);
  }

  /**
   * Starts the engines before the first read needs them, and after what a start itself has to do. What goes wrong shows again, and better,
   * when they are asked.
   */
  async #warmUp(): Promise<void> {
    const { clock, engine } = this.services;
    await clock.sleep(WARM_UP_AFTER_MS, this.#stop.signal);
    await Promise.all([engine.run('select 1'), this.#reader.run('select 1')]);
  }

  #open(
    product: Product,
    products: ReadonlyMap<string, Product>,
    connectors: ReadonlyMap<string, InputConnector>,
  ): ProductRuntime {
    const { services, push } = this;
    const context = (input: ExternalInput) => ({
      baseFolder: baseFolderOf(this.mesh, input),
      connection: connectionOf(this.mesh, input.options),
      reveal: revealFrom(process.env),
      temporaryFolder: services.temporaryFolder,
      toNdjson: (file: string) =>
        columnarToNdjson(
          services.engine,
          file,
          input.fields ?? fedDataset(product, input).fields,
          services.temporaryFolder,
        ),
    });
    return new ProductRuntime({
      services,
      product,
      connectors,
      context,
      push,
      products,
      alerts: this.alerts,
    });
  }

  /** All product versions of the mesh, by id. */
  get products(): ReadonlyMap<string, ProductRuntime> {
    return this.#products;
  }

  /** The products that Wharf itself keeps, by id. */
  get builtIns(): ReadonlyMap<string, ProductRuntime> {
    return this.#builtIns;
  }

  /** The product version with this id, a built-in one included (`flights.departures@1`). Throws PRODUCT_UNKNOWN. */
  product(id: string): ProductRuntime {
    const product = this.#products.get(id) ?? this.#builtIns.get(id);
    if (product) return product;
    throw unknownProduct(id);
  }

  /** The same, of one that somebody may know of. Throws PRODUCT_UNKNOWN in the same words for one that they may not. */
  seenProduct(id: string, asker: Asker): ProductRuntime {
    const runtime = this.#products.get(id) ?? this.#builtIns.get(id);
    if (runtime && this.access.sees(runtime.product, asker)) return runtime;
    throw unknownProduct(id);
  }

  /** The newest major version of a product that is seen. Throws PRODUCT_UNKNOWN. */
  newest(name: string, isSeen: (product: Product) => boolean = () => true): ProductRuntime {
    const versions = [...this.#products.values(), ...this.#builtIns.values()].filter(
      ({ product }) => product.name === name && isSeen(product),
    );
    const [newest] = versions.sort((a, b) => b.product.major - a.product.major);
    if (newest) return newest;
    throw unknownProduct(name);
  }

  /** Of everything, where no view says what is seen. */
  reader(id: string, view?: View): ProductReader {
    const { journal, published, store } = this.services;
    const services = { journal, published, store, files: this.#files };
    const reader = new JournaledProductReader(this.product(id).description, services);
    return view === undefined || view.sight === '' ? reader : new SeenReader(reader, services, view);
  }

  /** Snapshots as files, as they are seen. */
  get files(): SnapshotFiles {
    return this.#files;
  }

  /** Resident memory of the engines, in bytes. */
  async engineBytes(): Promise<number> {
    const [writer, reader] = await Promise.all([this.services.engine.rssBytes(), this.#reader.rssBytes()]);
    return writer + reader;
  }

  async close(): Promise<void> {
    await Promise.all([
      this.slo.stop(),
      this.#catalog.stop(),
      this.#usageTask.stop(),
      this.deliveries.stop(),
      this.agreements.stop(),
      this.accessWatch.close(),
    ]);
    await Promise.all([...this.#products.values()].map((product) => product.stop()));
    await this.alerts.stop();
    await this.audit.close();
    await this.tokens.close();
    this.#stop.abort(new Error('closing'));
    await this.#maintenance;
    const { pool, store, engine, journal } = this.services;
    if (this.#ownsWorkers) await pool.close();
    await store.close();
    if (this.#ownsWorkers) await Promise.all([engine.close(), this.#reader.close()]);
    await journal.close();
    await this.#tracing.stop();
    await this.dataFolder.release();
  }

  #pushTarget(id: string, name: string): PushTarget {
    const { product } = this.product(id);
    const input = product.inputs.find((i) => i.name === name);
    if (input?.kind === 'external' && input.from === 'push') return { product, input };
    const names = product.inputs.filter((i) => i.kind === 'external' && i.from === 'push').map((i) => i.name);
    throw new WharfError('INPUT_UNKNOWN', `${product.id} has no input "${name}" that can be pushed to.`, {
      hint:
        names.length > 0
          ? `It has: ${names.join(', ')}.`
          : 'Declare one with: inputs: { <name>: { from: push } }.',
    });
  }

  async #maintain(): Promise<void> {
    const { clock, store, log } = this.services;
    let sweptMs = clock.nowMs();
    while (!this.#stop.signal.aborted) {
      try {
        await store.maintain();
        if (clock.nowMs() - sweptMs > SWEEP_INTERVAL_MS) {
          sweptMs = clock.nowMs();
          await this.push.sweep();
        }
      } catch (error) {
        log.error(`Maintenance failed and is tried again: ${messageOf(error)}`);
      }
      await clock.sleep(MAINTAIN_INTERVAL_MS, this.#stop.signal).catch(() => undefined);
    }
  }
}
