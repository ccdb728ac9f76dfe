/** Where messages go: the alerts of a mesh, with what the environment holds of them. */
import { WharfError } from '../../base/errors.ts';
import type { Alert, Mesh } from '../../spec/model.ts';
import './errors.ts';

interface AnyTarget {
  readonly name: string;
  readonly owners: readonly string[];
  /** Names, without a major version. */
  readonly products: readonly string[];
}

export interface WebhookTarget extends AnyTarget {
  readonly kind: 'webhook';
  readonly url: string;
  readonly style: 'cloudevents' | 'slack';
  readonly secret: string | undefined;
}

export interface MailTarget extends AnyTarget {
  readonly kind: 'email';
  readonly smtp: string;
  readonly from: string;
  readonly addresses: readonly string[];
  /** The address of each owner that has one. */
  readonly contacts: ReadonlyMap<string, string>;
}

export type AlertTarget = WebhookTarget | MailTarget;

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws ALERT_VARIABLE. */
export function alertTargets(mesh: Mesh, environment: Environment): AlertTarget[] {
  const contacts = new Map(
    mesh.teams.flatMap(({ name, contact }) => (contact?.includes('@') ? [[name, contact] as const] : [])),
  );
  return mesh.alerts.map((alert) => {
    const { name, owners, products, to } = alert;
    const base = { name, owners, products };
    if (to.kind === 'email') {
      const { addresses, from } = to;
      const smtp = addressOf(alert, to.smtp, environment, ['smtp:', 'smtps:']);
      return { ...base, kind: 'email', smtp, from, addresses, contacts };
    }
    const { style, secretVariable } = to;
    const url = addressOf(alert, to.url, environment, ['http:', 'https:']);
    const secret = secretVariable === undefined ? undefined : variableOf(alert, secretVariable, environment);
    return { ...base, kind: 'webhook', url, style, secret };
  });
}

/** True when the target is for what happens to this product. `name` is domain.name. */
export function isFor(
  target: AlertTarget,
  product: { readonly name: string; readonly owner: string },
): boolean {
  const { owners, products } = target;
  const isOwner = owners.length === 0 || owners.includes(product.owner);
  return isOwner && (products.length === 0 || products.includes(product.name));
}

/** Whom a letter about a product of this owner goes to. */
export function readersOf({ addresses, contacts }: MailTarget, owner: string): string[] {
  const all = addresses.flatMap((address) => (address === 'owner' ? (contacts.get(owner) ?? []) : address));
  return [...new Set(all)];
}

function addressOf(
  alert: Alert,
  written: string,
  environment: Environment,
  schemes: readonly string[],
): string {
  const variable = /^\$\{(.+)\}$/.exec(written)?.[1];
  const url = variable === undefined ? written : variableOf(alert, variable, environment);
  if (URL.canParse(url) && schemes.includes(new URL(url).protocol)) return url;
  const what = variable === undefined ? 'what is written' : `what "${variable}" holds`;
  const wanted = schemes.map((scheme) => `${scheme}//`).join(' or ');
  throw new WharfError(
    'ALERT_VARIABLE',
    `The alert "${alert.name}" has no address: ${what} does not begin with ${wanted}.`,
    { hint: 'Write the whole address; its secrets belong into the environment.' },
  );
}

function variableOf(alert: Alert, name: string, environment: Environment): string {
  const value = environment[name];
  if (value !== undefined && value !== '') return value;
  throw new WharfError(
    'ALERT_VARIABLE',
    `The alert "${alert.name}" needs the environment variable "${name}", which is not set.`,
    { hint: `Set it before starting: export ${name}=...` },
  );
}
