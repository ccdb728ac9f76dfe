import type { OptionField } from '../../schema/options.ts';
import type { MeshDraft } from '../draft/mesh-draft.ts';
import { everyOption, scalarsOf } from '../draft/visit-draft.ts';
import { connectionType } from '../grammar/connection-types.ts';
import { entriesOf, type ScalarNode, type SpecNode, textAt, valueAt } from '../source/node.ts';
import { productExample } from './example-mesh.ts';
import type { Report, Rule } from './rule.ts';

export const SECRET_IN_CLEAR = 'SPEC_SECRET_IN_CLEAR';

/** How a value of the environment is written. */
const fromEnvironment = (name: string) => `$\{${name}}`;

const body = (token: string) => `inputs:
  source: { from: file, path: data.csv, token: ${token} }
key: none
fields: { id: string }
`;

/** Headers whose values are credentials, by their names. */
const CREDENTIAL_HEADER = /auth|cookie|token|secret|password|api-?key|access-?key/i;
const REFERS = /\$\{[A-Za-z_][A-Za-z0-9_]*\}/;
const REFERENCE = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/;
/** The third part is the password. */
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)([^\s/@]+)@/i;
/** Shapes of keys that are secrets wherever they stand. */
const CREDENTIALS: readonly RegExp[] = [
  /\bAKIA[0-9A-Z]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{36,}\b/,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
];

export const secretInClear: Rule = {
  code: SECRET_IN_CLEAR,
  law: `Secrets are not written in specs; they come from the environment as "${fromEnvironment('NAME')}".`,
  hint: `Put it into an environment variable and write "${fromEnvironment('NAME')}"; then change the secret.`,
  bad: productExample(body('hunter2')),
  good: productExample(body(`"${fromEnvironment('API_TOKEN')}"`)),
  visit(node, _shape, report) {
    const found = node.kind === 'scalar' ? findCredential(node) : undefined;
    if (!found) return;
    const message = 'A text here holds a password or key in clear.';
    report({
      at: found,
      message,
      expected: `a reference such as "${fromEnvironment('PASSWORD')}"`,
      received: 'a secret, not shown',
    });
  },
  check(mesh, report) {
    for (const { option, node } of [...everyOption(mesh), ...connectionOptions(mesh)]) {
      for (const value of option.secret ? scalarsOf(node) : []) {
        if (!REFERENCE.test(value.text)) refuse(`The option "${option.name}"`, value, report);
      }
      for (const { key, value } of option.headers ? entriesOf(node) : []) {
        if (value.kind !== 'scalar' || !CREDENTIAL_HEADER.test(key.text)) continue;
        if (!REFERS.test(value.text)) refuse(`The header "${key.text}"`, value, report);
      }
    }
  },
};

function refuse(what: string, at: ScalarNode, report: Report): void {
  report({
    at,
    message: `${what} is a secret and must not be written in clear.`,
    expected: `a reference such as "${fromEnvironment('TOKEN')}"`,
    received: 'a text, not shown',
  });
}

function* connectionOptions(mesh: MeshDraft): Generator<{ option: OptionField; node: SpecNode }> {
  for (const { value } of mesh.connections) {
    for (const option of connectionType(textAt(value, 'type') ?? '')?.options ?? []) {
      const node = valueAt(value, option.name);
      if (node) yield { option, node };
    }
  }
}

/** The part of a text that is a credential, as a node of its own so that only it is marked. */
function findCredential(node: ScalarNode): ScalarNode | undefined {
  if (node.type !== 'text') return undefined;
  const url = node.text.includes('://') ? URL_PASSWORD.exec(node.text) : null;
  const secret =
    url?.[2] ?? CREDENTIALS.map((form) => form.exec(node.text)?.[0]).find((text) => text !== undefined);
  if (secret === undefined || REFERENCE.test(secret)) return undefined;
  const start = node.file.text.indexOf(secret, node.start);
  return start < 0 || start >= node.end ? node : { ...node, start, end: start + secret.length };
}
