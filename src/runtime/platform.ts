/**
 * The platform at work: opens the data folder, wires source -> journal -> store -> readers for every product of a mesh, and
 * closes it all again in the opposite order.
 */
import { type Clock, systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { type Log, silentLog } from '../base/log.ts';
import { BUILT_IN_PRODUCTS } from '../catalog/system/all-products.ts';
import { type DataFolder, openDataFolder } from '../journal/data-folder.ts';
import { revealFrom } from '../kit/connection.ts';
import type { DeliveryConnector } from '../kit/delivery.ts';
import type { InputConnector, MeshContext } from '../kit/input.ts';
import type { ProductReader } from '../kit/reader.ts';
import type { ExternalInput, Mesh, Product } from '../spec/model.ts';
import { AccessControl, type View } from './access/access-control.ts';
import { AccessWatch } from './access/access-watch.ts';
import { AgreementService } from './access/agreement-service.ts';
import { AuditLog } from './access/audit-log.ts';
import { OpenId } from './access/open-id.ts';
import { TokenStore } from './access/token-store.ts';
import { baseFolderOf, connectionOf } from './base-folder.ts';
import { fedDataset } from './capture/destination.ts';
import { LeavingsOfInputs } from './capture/leavings-of-inputs.ts';
import type { Services } from './capture/services.ts';
import { CatalogTask } from './catalog/catalog-task.ts';
import { columnarToNdjson } from './columnar-file.ts';
import './errors.ts';
import { Deliveries } from './deliver/deliveries.ts';
import { productStanding } from './deliver/product-standing.ts';
import { Maintenance } from './maintenance.ts';
import { type OpenServices, openServices } from './open-services.ts';
import { describe, ProductRuntime } from './product-runtime.ts';
import { ProductRuntimes } from './product-runtimes.ts';
import { PushService } from './push/push-service.ts';
import { pushTarget } from './push/push-target.ts';
import { AlertService } from './quality/alert-service.ts';
import { alertTargets } from './quality/alert-target.ts';
import { PortMeter } from './quality/port-meter.ts';
import { promiseProblem } from './quality/promise-problem.ts';
import { SloService } from './quality/slo-service.ts';
import { JournaledProductReader } from './reader/product-reader.ts';
import { SeenReader } from './reader/seen-reader.ts';
import type { SnapshotFiles } from './reader/snapshot-files.ts';
import { ReadLog } from './reads/read-log.ts';
import { UsageMeter } from './reads/usage-meter.ts';
import { UsageTask } from './reads/usage-task.ts';
import type { Workers } from './start-workers.ts';

/** Milliseconds from the start. */
const WARM_UP_AFTER_MS = 1_000;

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

interface Parts extends PlatformOptions {
  readonly folder: DataFolder;
  readonly opened: OpenServices;
  readonly tokens: TokenStore;
}

export class Platform {
  readonly mesh: Mesh;
  readonly dataFolder: DataFolder;
  readonly services: Services;
  readonly products: ProductRuntimes;
  readonly push: PushService;
  /** Snapshots as files, as they are seen. */
  readonly files: SnapshotFiles;
  /** What ports answered since the start. */
  readonly ports = new PortMeter(
    (product) => this.products.declared.get(product)?.product.slo.latency?.withinMs,
  );
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
  readonly alerts: AlertService;
  readonly deliveries: Deliveries;
  readonly leavings: LeavingsOfInputs;
  readonly #parts: Parts;
  readonly #usageTask: UsageTask;
  readonly #catalog: CatalogTask;
  readonly #maintenance: Maintenance;
  readonly #stop = new AbortController();

  private constructor(parts: Parts) {
    const { mesh, capture = true } = parts;
    const { services, reader, files } = parts.opened;
    const reveal = revealFrom(process.env);
    this.#parts = parts;
    this.mesh = mesh;
    this.dataFolder = parts.folder;
    this.services = services;
    this.files = files;
    this.tokens = parts.tokens;
    this.alerts = new AlertService(services, mesh.name, capture ? alertTargets(mesh, process.env) : []);
    this.usage = new UsageMeter(() => services.clock.nowMs());
    this.audit = new AuditLog(services);
    const byId = new Map(mesh.products.map((product) => [product.id, product]));
    this.agreements = new AgreementService(services, {
      products: byId,
      alerts: this.alerts,
      audit: this.audit,
    });
    this.access = new AccessControl({
      products: mesh.products,
      builtIns: BUILT_IN_PRODUCTS,
      agreements: this.agreements,
      clock: services.clock,
    });
    this.accessWatch = new AccessWatch(services.clock);
    this.openId = mesh.signIn && new OpenId(mesh.signIn, mesh.teams, services);
    this.reads = new ReadLog(this.usage, this.audit, (id) => !this.access.isOpen({ id }));
    this.push = new PushService(services, (id, input) => pushTarget(this.products.get(id).product, input));
    this.products = new ProductRuntimes(mesh.products, this.access, (product) => this.#open(product, byId));
    this.deliveries = new Deliveries({
      services,
      engine: reader,
      mesh,
      access: this.access,
      connectors: parts.destinations ?? new Map(),
      describe,
      standing: (product) => productStanding(this.products.get(product.id)),
      reveal,
    });
    this.leavings = new LeavingsOfInputs({ services, mesh, connectors: parts.connectors, reveal });
    this.slo = new SloService({
      services,
      ports: this.ports,
      products: () => [...this.products.declared.values()],
      lagMs: ({ product }) => this.deliveries.lagMs(product.id),
      onChange: ({ product }, report) =>
        this.alerts.report(product, report.objective, promiseProblem(report)),
    });
    this.#usageTask = new UsageTask(services, this.usage);
    this.#catalog = new CatalogTask(services, mesh);
    this.#maintenance = new Maintenance(services, this.push);
  }

  /** Throws DATA_FOLDER_LOCKED, JOURNAL_VERSION and what opening the journal and the store throw. */
  static async open(options: PlatformOptions): Promise<Platform> {
    const { mesh, workers, clock = systemClock, log = silentLog } = options;
    const folder = await openDataFolder(options.dataFolder, { mesh: mesh.name });
    let opened: OpenServices | undefined;
    try {
      const tokens = await TokenStore.open(folder.path, clock, mesh);
      opened = await openServices({ mesh, dataFolder: folder.path, clock, log, ...(workers && { workers }) });
      const platform = new Platform({ ...options, folder, opened, tokens });
      platform.#begin();
      return platform;
    } catch (error) {
      await opened?.close();
      await folder.release();
      throw error;
    }
  }

  #begin(): void {
    const { capture = true, workers } = this.#parts;
    this.#stopWhenLost();
    if (capture) {
      this.#catalog.start();
      this.#usageTask.start();
      this.agreements.start();
      for (const product of this.products.declared.values()) product.start();
      this.deliveries.start();
      this.slo.start();
      this.alerts.start();
      this.leavings.tell();
    }
    this.#maintenance.start();
    if (!workers && capture) this.#warmUp().catch(() => undefined);
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

  /**
   * Starts the engines before the first read needs them, and after what a start itself has to do. What goes wrong shows again, and better,
   * when they are asked.
   */
  async #warmUp(): Promise<void> {
    const { clock, engine } = this.services;
    await clock.sleep(WARM_UP_AFTER_MS, this.#stop.signal);
    await Promise.all([engine.run('select 1'), this.#parts.opened.reader.run('select 1')]);
  }

  #open(product: Product, products: ReadonlyMap<string, Product>): ProductRuntime {
    const { services, push, alerts } = this;
    const { connectors } = this.#parts;
    const context = (input: ExternalInput) => this.#contextOf(product, input);
    return new ProductRuntime({ services, product, connectors, context, push, products, alerts });
  }

  #contextOf(product: Product, input: ExternalInput): MeshContext {
    const { engine, temporaryFolder } = this.services;
    return {
      baseFolder: baseFolderOf(this.mesh, input),
      connection: connectionOf(this.mesh, input.options),
      reveal: revealFrom(process.env),
      temporaryFolder,
      toNdjson: (file) =>
        columnarToNdjson(engine, file, input.fields ?? fedDataset(product, input).fields, temporaryFolder),
    };
  }

  /** Of everything, where no view says what is seen. */
  reader(id: string, view?: View): ProductReader {
    const { journal, published, store } = this.services;
    const services = { journal, published, store, files: this.files };
    const reader = new JournaledProductReader(this.products.get(id).description, services);
    return view === undefined || view.sight === '' ? reader : new SeenReader(reader, services, view);
  }

  /** Resident memory of the engines, in bytes. */
  async engineBytes(): Promise<number> {
    const engines = [this.services.engine, this.#parts.opened.reader];
    const bytes = await Promise.all(engines.map((engine) => engine.rssBytes()));
    return bytes.reduce((sum, each) => sum + each, 0);
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
    await Promise.all([...this.products.declared.values()].map((product) => product.stop()));
    await this.alerts.stop();
    await this.audit.close();
    await this.tokens.close();
    this.#stop.abort(new Error('closing'));
    await this.#maintenance.stop();
    await this.#parts.opened.close();
    await this.dataFolder.release();
  }
}
