/**
 * The checked mesh: what is left of the YAML once every rule has passed. Everything is resolved (reused fields,
 * defaults, files), frozen, and typed; nothing outside `spec/` looks at YAML.
 */
import type { Dataset } from '../schema/field.ts';

/** A place in a spec file, kept with whatever a later phase may have to complain about. */
export interface SpecPlace {
  /** Relative to the mesh folder, with `/`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export type Options = Readonly<Record<string, unknown>>;

export interface Mesh {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly doc: string | undefined;
  readonly domains: readonly Domain[];
  readonly teams: readonly Team[];
  readonly connections: readonly Connection[];
  readonly policies: readonly Policy[];
  readonly alerts: readonly Alert[];
  /** The OpenID Connect issuer whose tokens are taken. */
  readonly signIn: SignIn | undefined;
  readonly serve: ServeTerms;
  /** In the order of their ids. */
  readonly products: readonly Product[];
}

export interface SignIn {
  readonly issuer: string;
  readonly audience: string;
  /** The URL of its keys. */
  readonly jwks: string;
  /** JWS names; none that a secret is shared for. */
  readonly algorithms: readonly string[];
  /** The claims that hold the name of a user and the names of their teams. */
  readonly nameClaim: string;
  readonly groupsClaim: string;
}

/** How the mesh is served. */
export interface ServeTerms {
  /** Undefined: in clear, and to this machine alone. */
  readonly tls: (TlsFiles & { readonly place: SpecPlace }) | undefined;
  /** Whether who shows no token is given nothing. */
  readonly needsToken: boolean;
}

/** Absolute paths of PEM files: a certificate with its chain behind it, and its private key. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
}

export interface Domain {
  readonly name: string;
  readonly doc: string | undefined;
  readonly owner: string | undefined;
}

export interface Team {
  readonly name: string;
  readonly doc: string | undefined;
  readonly contact: string | undefined;
  readonly members: readonly string[];
}

/**
 * Something outside the mesh folder that products may use by name. Type `folder` is a folder of files: `path`
 * (absolute, or relative to the mesh folder), or `package`, the folder of an installed npm package.
 */
export interface Connection {
  readonly name: string;
  readonly type: string;
  readonly options: Options;
  readonly place: SpecPlace;
}

export interface Policy {
  readonly name: string;
  readonly sql: string;
  readonly severity: 'error' | 'warning';
  readonly place: SpecPlace;
}

/** Somebody who is told when checks begin to fail or promises to be broken, and when that ends. */
export interface Alert {
  readonly name: string;
  readonly to: AlertWebhook | AlertMail;
  /** Of which owners' products; all when empty. */
  readonly owners: readonly string[];
  /** Of which products, as domain.name; all when empty. */
  readonly products: readonly string[];
  readonly place: SpecPlace;
}

export interface AlertWebhook {
  readonly kind: 'webhook';
  /** A URL, or `${NAME}` of an environment variable that holds it. */
  readonly url: string;
  readonly style: 'cloudevents' | 'slack';
  /** The environment variable that holds the secret; messages are not signed when undefined. */
  readonly secretVariable: string | undefined;
}

export interface AlertMail {
  readonly kind: 'email';
  /** Addresses; `owner` stands for the contact of the team that owns the product. */
  readonly addresses: readonly string[];
  readonly from: string;
  /** The mail server as an URL, or `${NAME}` of an environment variable that holds it. */
  readonly smtp: string;
}

export type Status = 'draft' | 'active' | 'deprecated' | 'retired';
export type Alignment = 'source' | 'aggregate' | 'consumer';
export type Tier = 'bronze' | 'silver' | 'gold';

/** One major version of one product, as one file declares it. */
export interface Product {
  /** `flights.departures`. */
  readonly name: string;
  readonly domain: string;
  /** The part of the name after the domain: `departures`. */
  readonly shortName: string;
  /** Semver. */
  readonly version: string;
  readonly major: number;
  /** `flights.departures@1`: the identity of this major's journal. */
  readonly id: string;
  readonly status: Status;
  readonly owner: string;
  readonly alignment: Alignment;
  readonly tier: Tier;
  readonly purpose: string;
  readonly doc: string | undefined;
  readonly tags: readonly string[];
  readonly inputs: readonly Input[];
  readonly transform: Transform | undefined;
  /** The first one is the default. */
  readonly datasets: readonly Dataset[];
  /** How long records stay in the log, in milliseconds; undefined keeps them for ever. */
  readonly historyMs: number | undefined;
  readonly slo: Slo;
  readonly gate: boolean;
  readonly checks: readonly Check[];
  readonly outputs: readonly Output[];
  readonly deliveries: readonly Delivery[];
  readonly access: readonly AccessRule[];
  readonly place: SpecPlace;
}

export type Input = ExternalInput | ProductInput;

export interface ExternalInput {
  readonly kind: 'external';
  readonly name: string;
  /** The connector's name: `file`, `push`, ... */
  readonly from: string;
  /** As declared by the connector, defaults filled in. */
  readonly options: Options;
  /** What a record of the source looks like before the transform; undefined when there is none. */
  readonly fields: Dataset['fields'] | undefined;
  readonly place: SpecPlace;
}

export interface ProductInput {
  readonly kind: 'product';
  readonly name: string;
  /** `flights.departures@1`. */
  readonly product: string;
  readonly place: SpecPlace;
}

export interface Transform {
  readonly language: 'sql' | 'typescript';
  /** The SQL text, or the TypeScript source. */
  readonly source: string;
  /** The file it stands in, relative to the mesh folder; undefined when written inline. */
  readonly file: string | undefined;
  readonly mode: 'merge' | 'rekey' | 'refresh' | 'reduce' | undefined;
  readonly every: string | undefined;
  readonly place: SpecPlace;
}

export interface Slo {
  readonly freshnessMs: number | undefined;
  /** Shares from 0 to 1. */
  readonly availability: number | undefined;
  readonly completeness: number | undefined;
  readonly latency: LatencyPromise | undefined;
  /** How far a delivery may be behind what is published. */
  readonly deliveryLagMs: number | undefined;
}

export interface LatencyPromise {
  readonly withinMs: number;
  /** The share of answers that are given within that time. */
  readonly share: number;
}

export interface Check {
  /** Stable within the product: derived from its kind and content unless named. */
  readonly id: string;
  readonly kind:
    | 'rows'
    | 'nulls'
    | 'unique'
    | 'references'
    | 'values'
    | 'pattern'
    | 'fresh'
    | 'volume'
    | 'distribution'
    | 'sql';
  readonly options: Options;
  /** The share of rows that must hold, as it was written: `99.99%`; all when undefined. */
  readonly tolerance: string | undefined;
  readonly severity: 'error' | 'warning';
  readonly on: 'batch' | 'state' | 'schedule';
  readonly place: SpecPlace;
}

export interface Output {
  readonly port: string;
  readonly options: Options;
  readonly place: SpecPlace;
}

export interface Delivery {
  readonly name: string;
  readonly to: string;
  readonly options: Options;
  readonly place: SpecPlace;
}

export interface AccessRule {
  readonly effect: 'allow' | 'deny';
  readonly who: readonly string[];
  readonly ports: readonly string[] | undefined;
  readonly actions: readonly string[] | undefined;
  readonly rows: string | undefined;
  readonly mask: Readonly<Record<string, unknown>>;
  readonly purpose: string | undefined;
  /** An ISO date. */
  readonly until: string | undefined;
  readonly place: SpecPlace;
}
