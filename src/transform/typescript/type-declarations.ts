/** What TypeScript must know of a mesh: a module for each product with a transform in TypeScript, typed by the contracts. */
import { unreachable } from '../../base/assert.ts';
import type { Field } from '../../schema/field.ts';
import type { Product } from '../../spec/model.ts';
import { MODULE_PREFIX } from './build-typescript.ts';
import { typescriptSetup } from './guest-setup.ts';
import type { GuestInput, GuestSetup } from './messages.ts';
import { isSmallInteger } from './small-integer.ts';

const HEAD = `/* Written by "wharf types" and "wharf check"; changes are lost. */

/** JSON, as it is written: JSON.parse(text) gives its value, with numbers rounded to doubles. */
interface Json {
  readonly text: string;
}
`;

export function typescriptProducts(products: readonly Product[]): readonly Product[] {
  return products.filter(({ transform }) => transform?.language === 'typescript');
}

/** The text of a declaration file: `wharf:shop.lines` for the newest major version, `wharf:shop.lines@1` for one before. */
export function typeDeclarations(products: readonly Product[]): string {
  const byId = new Map(products.map((product) => [product.id, product]));
  const modules = typescriptProducts(products).flatMap((product) => {
    const setup = typescriptSetup(product, byId);
    if (!setup) return [];
    const isNewest = !products.some(({ name, major }) => name === product.name && major > product.major);
    return [moduleText(isNewest ? product.name : product.id, product, setup)];
  });
  return [HEAD, ...modules].join('\n');
}

function moduleText(name: string, product: Product, setup: GuestSetup): string {
  const types = new Map(setup.inputs.map((input, i) => [input.name, typeName(input, i, setup)]));
  const typeOf = (input: GuestInput) => types.get(input.name) ?? '';
  const lines = [
    `/** ${oneLine(product.purpose)} */`,
    `declare module '${MODULE_PREFIX}${name}' {`,
    ...setup.inputs.flatMap((input) => [
      ...docLines(`A record of the input "${input.name}".`, '  '),
      `  export interface ${typeOf(input)} ${objectType(input.fields, read, '  ')}`,
    ]),
    ...docLines('A row that the transform gives.', '  '),
    `  export interface Row ${objectType(setup.fields, write, '  ')}`,
    ...docLines('Rows of inputs, by their keys, as they are together with the record.', '  '),
    '  export interface Lookup {',
    ...setup.inputs
      .filter(({ key }) => key.length > 0)
      .map((input) => {
        const key = objectType(
          input.key.map((field) => ({ ...field, required: true })),
          write,
          '    ',
        );
        return `    readonly ${nameText(input.name)}: (key: ${key}) => ${typeOf(input)} | undefined;`;
      }),
    '  }',
    '  export interface Tools {\n    readonly lookup: Lookup;\n  }',
    ...docLines('A function for each input whose records give rows.', '  '),
    '  export interface Transform {',
    ...setup.inputs.map(
      (input) => `    ${nameText(input.name)}?: (record: ${typeOf(input)}, tools: Tools) => readonly Row[];`,
    ),
    '  }',
    '  export function defineTransform(transform: Transform): Transform;',
    '}\n',
  ];
  return lines.join('\n');
}

/** `OrdersRecord`; two inputs whose names differ in signs alone are told apart by number. */
function typeName({ name }: GuestInput, index: number, { inputs }: GuestSetup): string {
  const pascal = (text: string) =>
    text.replaceAll(/(?:^|[^a-zA-Z0-9]+)([a-zA-Z0-9]?)/g, (_, letter: string) => letter.toUpperCase());
  const isTaken = inputs.slice(0, index).some((other) => pascal(other.name) === pascal(name));
  return `${pascal(name)}${isTaken ? index + 1 : ''}Record`;
}

type Direction = 'read' | 'write';
const read: Direction = 'read';
const write: Direction = 'write';

function objectType(fields: readonly Field[], direction: Direction, indent: string): string {
  if (fields.length === 0) return '{}';
  const members = fields.flatMap((field) => {
    const type = valueType(field, direction, `${indent}  `);
    const isOptional = direction === 'write' && !field.required;
    const member = `readonly ${nameText(field.name)}${isOptional ? '?' : ''}: ${type}${field.required ? '' : ' | null'};`;
    return [...fieldDoc(field, `${indent}  `), `${indent}  ${member}`];
  });
  return `{\n${members.join('\n')}\n${indent}}`;
}

function valueType(field: Field, direction: Direction, indent: string): string {
  switch (field.type) {
    case 'string':
      return field.enum ? field.enum.map((text) => JSON.stringify(text)).join(' | ') : 'string';
    case 'integer':
      if (direction === 'write') return 'bigint | number';
      return isSmallInteger(field) ? 'number' : 'bigint';
    case 'number':
      return 'number';
    case 'decimal':
      return direction === 'write' ? 'string | bigint' : 'string';
    case 'boolean':
      return 'boolean';
    case 'date':
    case 'time':
    case 'timestamp':
    case 'bytes':
      return 'string';
    case 'json':
      return 'Json';
    case 'object':
      return objectType(field.fields ?? [], direction, indent);
    case 'array': {
      const { items } = field;
      const item = items ? valueType(items, direction, indent) : 'unknown';
      return `readonly (${item}${items?.required ? '' : ' | null'})[]`;
    }
    default:
      return unreachable(field.type);
  }
}

function nameText(name: string): string {
  return /^[a-zA-Z_$][a-zA-Z0-9_$]*$/.test(name) ? name : JSON.stringify(name);
}

/** What the type does not say: the form of a text, the unit, the author's words. */
function fieldDoc(field: Field, indent: string): string[] {
  const forms: Partial<Record<Field['type'], string>> = {
    decimal: `A decimal with ${field.scale ?? 0} digits after the point, such as "12.50".`,
    date: 'A date such as "2001-01-31".',
    time: 'A time such as "22:27:00".',
    timestamp:
      field.zone === 'local'
        ? 'A reading of a local clock such as "2001-01-31T22:27:00".'
        : 'An instant such as "2001-01-31T22:27:00Z".',
    bytes: 'Base64.',
  };
  const parts = [field.doc, field.unit && `In ${field.unit}.`, forms[field.type]];
  const text = parts
    .filter((part) => part !== undefined)
    .map((part) => (/[.!?]$/.test(part) ? part : `${part}.`))
    .join(' ');
  return text === '' ? [] : docLines(text, indent);
}

function docLines(text: string, indent: string): string[] {
  return [`${indent}/** ${oneLine(text)} */`];
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('*/', '* /');
}
