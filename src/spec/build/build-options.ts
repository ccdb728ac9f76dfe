import type { Field } from '../../schema/field.ts';
import type { Declaration, OptionField } from '../../schema/options.ts';
import type { Options } from '../model.ts';
import { itemsOf, type SpecNode, textOf, valueAt } from '../source/node.ts';
import { plainValue } from './plain-value.ts';

/** A connector's options as written, with defaults; options that are neither written nor have a default are absent. */
export function buildOptions(declaration: Declaration, node: SpecNode | undefined): Options {
  return buildMembers(declaration.options, node);
}

function buildMembers(options: readonly (OptionField | Field)[], node: SpecNode | undefined): Options {
  const built: Record<string, unknown> = {};
  for (const option of options) {
    const written = valueAt(node, option.name);
    if (written) built[option.name] = optionValue(option, written);
    else if (option.default !== undefined) built[option.name] = defaultValue(option, option.default);
  }
  return built;
}

function optionValue(option: OptionField | Field, node: SpecNode): unknown {
  switch (option.type) {
    case 'object':
      return option.fields ? buildMembers(option.fields, node) : plainValue(node);
    case 'array':
      return itemsOf(node).map((item) => (option.items ? optionValue(option.items, item) : plainValue(item)));
    case 'json':
      return plainValue(node);
    default:
      return scalarValue(option, textOf(node) ?? '');
  }
}

/** Defaults are declared as text: lists and objects as JSON. */
function defaultValue(option: OptionField | Field, text: string): unknown {
  if (option.type === 'array' || option.type === 'object' || option.type === 'json') return JSON.parse(text);
  return scalarValue(option, text);
}

function scalarValue(option: OptionField | Field, text: string): unknown {
  if (option.type === 'boolean') return text === 'true';
  if (option.type === 'integer' || option.type === 'number') return Number(text);
  return text;
}
