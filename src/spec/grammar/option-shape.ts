/** The options of connectors, declared as fields, in the words of the grammar. */
import type { Field } from '../../schema/field.ts';
import type { Declaration, OptionField } from '../../schema/options.ts';
import { boolean, type Key, listOrOne, type MapShape, type Shape, text } from './shape.ts';

/** The map that a connector's options form; `more` are keys that the grammar itself adds. */
export function optionsShape(declaration: Declaration, more: Readonly<Record<string, Key>> = {}): MapShape {
  const keys: Record<string, Key> = { ...more };
  for (const option of declaration.options) keys[option.name] = optionKey(option);
  return { kind: 'map', what: `the options of "${declaration.name}"`, keys };
}

function optionKey(option: OptionField | Field): Key {
  const shape = optionShape(option);
  const doc = option.doc ?? `The ${option.name}.`;
  return option.required && option.default === undefined ? { shape, doc, required: true } : { shape, doc };
}

function optionShape(option: OptionField | Field): Shape {
  switch (option.type) {
    case 'boolean':
      return boolean;
    case 'integer':
    case 'number':
    case 'decimal':
      return {
        kind: option.type === 'integer' ? 'integer' : 'number',
        ...(option.min === undefined ? {} : { min: Number(option.min) }),
        ...(option.max === undefined ? {} : { max: Number(option.max) }),
      };
    case 'object':
      return objectShape(option);
    case 'array': {
      const item = option.items ? optionShape(option.items) : text;
      return 'single' in option && option.single ? listOrOne(item) : { kind: 'list', item };
    }
    case 'json':
      return { kind: 'any' };
    default:
      return option.enum ? { kind: 'choice', what: option.name, values: option.enum } : textShape(option);
  }
}

function textShape(option: OptionField | Field): Shape {
  const { min, max } = option.length ?? {};
  return {
    kind: 'text',
    ...(option.pattern === undefined ? {} : { pattern: option.pattern }),
    ...(min === undefined ? {} : { lengthMin: min }),
    ...(max === undefined ? {} : { lengthMax: max }),
    ...('example' in option && option.example !== undefined ? { example: option.example } : {}),
  };
}

function objectShape(option: OptionField | Field): Shape {
  if (!option.fields) return { kind: 'any' };
  const keys: Record<string, Key> = {};
  for (const field of option.fields) keys[field.name] = optionKey(field);
  return { kind: 'map', what: `the parts of "${option.name}"`, keys };
}
