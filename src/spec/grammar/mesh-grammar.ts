import { CONNECTION_TYPES } from './connection-types.ts';
import { optionsShape } from './option-shape.ts';
import { ALIGNMENTS, STATUSES, TIERS } from './product-grammar.ts';
import { accessShape, classMasksShape, severityShape } from './promise-grammar.ts';
import { formed, type Key, listOrOne, type MapShape, type Shape, text, type VariantsShape } from './shape.ts';

const doc: Key = { shape: text, doc: 'What it is, for people.', aka: ['description', 'comment'] };

const typeOfConnection: Key = { shape: text, doc: 'What kind of thing it is.', required: true };

const connectionShape: VariantsShape = {
  kind: 'variants',
  of: 'connection',
  tag: 'type',
  variants: Object.fromEntries(
    CONNECTION_TYPES.map(({ exactlyOne, ...declaration }) => [
      declaration.name,
      {
        ...optionsShape(declaration, { type: typeOfConnection }),
        ...(exactlyOne ? { exactlyOne } : {}),
      },
    ]),
  ),
  untagged: { kind: 'map', what: 'the connection', keys: { type: typeOfConnection } },
};

const domainShape: MapShape = {
  kind: 'map',
  what: 'the domain',
  nullable: true,
  keys: { doc, owner: { shape: text, doc: 'The team that owns its products when they do not say.' } },
};

const teamShape: MapShape = {
  kind: 'map',
  what: 'the team',
  nullable: true,
  keys: {
    doc,
    contact: { shape: text, doc: 'Where to reach it.', aka: ['email', 'slack'] },
    members: { shape: listOrOne(text), doc: 'Who belongs to it.' },
  },
};

const policyShape: MapShape = {
  kind: 'map',
  what: 'the policy',
  keys: {
    sql: { shape: text, doc: 'A query over the catalog that must return no row.', required: true },
    severity: { shape: severityShape, doc: 'Whether a row is an error (the default) or a warning.' },
  },
};

const variable = '^[A-Za-z_][A-Za-z0-9_]*$';

const ADDRESS = '[^\\s@<>,;"]+@[^\\s@<>,;"]+';
const reader: Shape = { kind: 'text', pattern: `^(owner|${ADDRESS})$`, example: 'ana@example.com' };

const mailShape: MapShape = {
  kind: 'map',
  what: 'the letter',
  keys: {
    to: {
      shape: listOrOne(reader),
      doc: 'Addresses; "owner" is the contact of the team that owns the product.',
      required: true,
    },
    from: {
      shape: { kind: 'text', pattern: `^${ADDRESS}$`, example: 'wharf@example.com' },
      doc: 'The address that letters come from.',
      required: true,
    },
    smtp: {
      shape: {
        kind: 'text',
        pattern: '^(smtps?://[^\\s]+|\\$\\{[A-Za-z_][A-Za-z0-9_]*\\})$',
        example: 'smtp://mail.example.com',
      },
      doc: 'The mail server, as smtp:// or smtps://; with user and password by an environment variable.',
      required: true,
    },
  },
};

const alertShape: MapShape = {
  kind: 'map',
  what: 'the alert',
  exactlyOne: ['webhook', 'email'],
  keys: {
    webhook: {
      shape: {
        kind: 'text',
        pattern: '^(https?://[^\\s]+|\\$\\{[A-Za-z_][A-Za-z0-9_]*\\})$',
        example: 'https://example.com/alerts',
      },
      doc: 'Where messages are posted to.',
      aka: ['url', 'to'],
    },
    email: { shape: mailShape, doc: 'Who is written to.', aka: ['mail'] },
    style: {
      shape: { kind: 'choice', what: 'style', values: ['cloudevents', 'slack'] },
      doc: 'CloudEvents 1.0 (when left out), or a text as Slack and its kin take it.',
    },
    secret_variable: {
      shape: { kind: 'text', pattern: variable, example: 'ALERT_SECRET' },
      doc: 'The environment variable with the secret that messages are signed with, as Standard Webhooks has it.',
    },
    owners: { shape: listOrOne(text), doc: 'Only of products with one of these owners.' },
    products: { shape: listOrOne(text), doc: 'Only of these products, as domain.name.' },
  },
};

const claim: Shape = { kind: 'text', pattern: '^[A-Za-z0-9_:/.-]{1,200}$', example: 'groups' };

const signInShape: MapShape = {
  kind: 'map',
  what: 'the sign-in',
  keys: {
    issuer: { shape: text, doc: 'Who gives the tokens: the "iss" of each.', required: true },
    audience: { shape: text, doc: 'Who they are for: the "aud" of each.', required: true },
    jwks: {
      shape: {
        kind: 'text',
        pattern: '^(https://|http://(localhost|127[.]0[.]0[.]1)(:|/))[^\\s]+$',
        example: 'https://id.example.com/keys',
      },
      doc: 'Where the keys are that they are signed with; no others are taken.',
      required: true,
    },
    algorithms: {
      shape: listOrOne({
        kind: 'choice',
        what: 'algorithm',
        values: ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'],
      }),
      doc: 'How they are signed; RS256 and ES256 when left out.',
    },
    name: { shape: claim, doc: 'The claim that holds the name of a user; sub when left out.' },
    groups: { shape: claim, doc: 'The claim that holds the names of their teams; groups when left out.' },
  },
};

const pemFile: Shape = { kind: 'text', lengthMin: 1, example: '/etc/wharf/certificate.pem' };

const serveShape: MapShape = {
  kind: 'map',
  what: 'how the mesh is served',
  keys: {
    tls: {
      shape: {
        kind: 'map',
        what: 'the certificate and its key',
        keys: {
          certificate: {
            shape: pemFile,
            doc: 'The file with the certificate, its chain behind it, in PEM; from the mesh folder on, or absolute.',
            required: true,
            aka: ['cert'],
          },
          key: { shape: pemFile, doc: 'The file with its private key, in PEM.', required: true },
        },
      },
      doc: 'What the HTTP and SQL ports show who they are with; both speak TLS then.',
    },
    tokens: {
      shape: { kind: 'choice', what: 'word', values: ['required', 'optional'] },
      doc: 'Whether everybody must show a token; optional when left out, so that anyone may come without.',
    },
  },
};

const defaultsShape: MapShape = {
  kind: 'map',
  what: 'the defaults of all products',
  keys: {
    owner: { shape: text, doc: 'The team that owns products when neither they nor their domain say.' },
    status: { shape: { kind: 'choice', what: 'status', values: STATUSES }, doc: 'The status.' },
    alignment: { shape: { kind: 'choice', what: 'alignment', values: ALIGNMENTS }, doc: 'The alignment.' },
    tier: { shape: { kind: 'choice', what: 'tier', values: TIERS }, doc: 'The tier.' },
    history: { shape: formed('duration'), doc: 'How long records stay in the log.' },
    access: { shape: accessShape, doc: 'Who may do what with products that say nothing of it.' },
  },
};

/** The grammar of `mesh.yaml`. */
export const meshGrammar: MapShape = {
  kind: 'map',
  what: 'the mesh',
  keys: {
    mesh: {
      shape: formed('name'),
      doc: 'The name; also that of the database.',
      required: true,
      aka: ['name', 'id'],
    },
    doc,
    domains: {
      shape: { kind: 'entries', what: 'domains', names: 'name', value: domainShape },
      doc: 'The domains that products may belong to; any when left out.',
    },
    teams: {
      shape: { kind: 'entries', what: 'teams', names: 'name', value: teamShape },
      doc: 'The teams that may own products; any when left out.',
      aka: ['owners'],
    },
    connections: {
      shape: { kind: 'entries', what: 'connections', names: 'name', value: connectionShape },
      doc: 'Things outside the mesh folder that products use by name.',
    },
    alerts: {
      shape: { kind: 'entries', what: 'alerts', names: 'name', value: alertShape },
      doc: 'Who is told when checks begin to fail or promises to be broken, and when that ends.',
    },
    sign_in: {
      shape: signInShape,
      doc: 'The OpenID Connect issuer whose tokens are taken, besides those of Wharf.',
    },
    serve: {
      shape: serveShape,
      doc: 'How it is served: an address that other machines can reach needs a certificate and required tokens.',
      aka: ['server', 'listen'],
    },
    defaults: { shape: defaultsShape, doc: 'What products say when they do not say it themselves.' },
    masks: {
      shape: classMasksShape,
      doc: 'How fields of a class, such as pii, are masked for everybody who has not stated a purpose: null, { hash: true } or { first: 3 }.',
    },
    policies: {
      shape: { kind: 'entries', what: 'policies', names: 'name', value: policyShape },
      doc: 'Rules over all products.',
      aka: ['rules'],
    },
  },
};
