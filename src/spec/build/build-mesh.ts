import path from 'node:path';
import { present } from '../../base/assert.ts';
import type { MeshDraft } from '../draft/mesh-draft.ts';
import { connectionType } from '../grammar/connection-types.ts';
import type { Alert, Connection, Domain, Mesh, Policy, ServeTerms, SignIn, Team } from '../model.ts';
import {
  entriesOf,
  itemsOf,
  type MapEntry,
  placeOf,
  type SpecNode,
  textAt,
  textOf,
  valueAt,
} from '../source/node.ts';
import { buildOptions } from './build-options.ts';
import { buildProduct } from './build-product.ts';
import { textsOf } from './build-promises.ts';
import { deepFreeze } from './deep-freeze.ts';

/** The model of a mesh in which every rule has passed. */
export function buildMesh(draft: MeshDraft): Mesh {
  const products = draft.products.map((product) => buildProduct(draft, product));
  return deepFreeze({
    name: present(textAt(draft.root, 'mesh'), 'the mesh has a name'),
    folder: draft.files.folder,
    doc: textAt(draft.root, 'doc'),
    domains: buildDomains(draft),
    teams: draft.teams.map(buildTeam),
    connections: draft.connections.map(buildConnection),
    policies: draft.policies.map(buildPolicy),
    alerts: entriesOf(valueAt(draft.root, 'alerts')).map(buildAlert),
    signIn: buildSignIn(valueAt(draft.root, 'sign_in')),
    serve: buildServe(draft),
    products: products.sort((a, b) => (a.id < b.id ? -1 : 1)),
  });
}

/** As listed; where none are, those of the products. */
function buildDomains(draft: MeshDraft): Domain[] {
  if (draft.domains.length > 0) {
    return draft.domains.map(({ key, value }) => ({
      name: key.text,
      doc: textAt(value, 'doc'),
      owner: textAt(value, 'owner'),
    }));
  }
  const names = new Set(draft.products.map((product) => product.domain).filter((name) => name !== undefined));
  return [...names].sort().map((name) => ({ name, doc: undefined, owner: undefined }));
}

function buildSignIn(node: SpecNode | undefined): SignIn | undefined {
  if (!node) return undefined;
  const algorithms = textsOf(valueAt(node, 'algorithms'));
  return {
    issuer: textAt(node, 'issuer') ?? '',
    audience: textAt(node, 'audience') ?? '',
    jwks: textAt(node, 'jwks') ?? '',
    algorithms: algorithms.length > 0 ? algorithms : ['RS256', 'ES256'],
    nameClaim: textAt(node, 'name') ?? 'sub',
    groupsClaim: textAt(node, 'groups') ?? 'groups',
  };
}

function buildServe({ root, files }: MeshDraft): ServeTerms {
  const serve = valueAt(root, 'serve');
  const tls = valueAt(serve, 'tls');
  const fileAt = (key: string) => path.resolve(files.folder, textAt(tls, key) ?? '');
  return {
    tls: tls && { certificate: fileAt('certificate'), key: fileAt('key'), place: placeOf(tls) },
    needsToken: textAt(serve, 'tokens') === 'required',
  };
}

function buildTeam({ key, value }: MapEntry): Team {
  const members = itemsOf(valueAt(value, 'members')).map(textOf);
  return {
    name: key.text,
    doc: textAt(value, 'doc'),
    contact: textAt(value, 'contact'),
    members: members.filter((member) => member !== undefined),
  };
}

function buildConnection({ key, value }: MapEntry): Connection {
  const type = textAt(value, 'type') ?? '';
  const declaration = present(connectionType(type), 'the type of a connection is one that is built');
  return { name: key.text, type, options: buildOptions(declaration, value), place: placeOf(key) };
}

function buildPolicy({ key, value }: MapEntry): Policy {
  return {
    name: key.text,
    sql: textAt(value, 'sql') ?? '',
    severity: textAt(value, 'severity') === 'warning' ? 'warning' : 'error',
    place: placeOf(key),
  };
}

function buildAlertTarget(value: SpecNode): Alert['to'] {
  const email = valueAt(value, 'email');
  if (email)
    return {
      kind: 'email',
      addresses: textsOf(valueAt(email, 'to')),
      from: textAt(email, 'from') ?? '',
      smtp: textAt(email, 'smtp') ?? '',
    };
  return {
    kind: 'webhook',
    url: textAt(value, 'webhook') ?? '',
    style: textAt(value, 'style') === 'slack' ? 'slack' : 'cloudevents',
    secretVariable: textAt(value, 'secret_variable'),
  };
}

function buildAlert({ key, value }: MapEntry): Alert {
  return {
    name: key.text,
    to: buildAlertTarget(value),
    owners: textsOf(valueAt(value, 'owners')),
    products: textsOf(valueAt(value, 'products')),
    place: placeOf(key),
  };
}
