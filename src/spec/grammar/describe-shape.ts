import { unreachable } from '../../base/assert.ts';
import type { SpecNode } from '../source/node.ts';
import type { Shape, TextShape } from './shape.ts';
import { TEXT_FORMS } from './text-forms.ts';

/** What a shape wants, for `expected` in messages: `a map`, `true or false`, `a duration such as 26h`. */
export function describeShape(shape: Shape): string {
  switch (shape.kind) {
    case 'text':
      if (shape.form !== undefined) return TEXT_FORMS[shape.form].expected;
      return shape.example === undefined ? 'a text' : `a text such as ${shape.example}`;
    case 'choice':
      return `one of ${shape.values.join(', ')}`;
    case 'integer':
    case 'number':
      return `${shape.kind === 'integer' ? 'an integer' : 'a number'}${describeRange(shape.min, shape.max)}`;
    case 'boolean':
      return 'true or false';
    case 'literal':
      return 'a single value';
    case 'any':
      return 'a value';
    case 'map':
      return `a map with ${shape.what}`;
    case 'entries':
      return `a map of ${shape.what} by name`;
    case 'list':
      return 'a list';
    case 'either':
      return [shape.scalar, shape.list, shape.map]
        .filter((branch) => branch !== undefined)
        .map(describeShape)
        .join(', or ');
    case 'variants':
      return shape.tag === undefined
        ? `a map of ${shape.of}s by name`
        : `a map that describes the ${shape.of}`;
    case 'ref':
      return describeShape(shape.shape());
    default:
      return unreachable(shape);
  }
}

function describeRange(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
}

const INTEGER_TEXT = /^[-+]?[0-9]+$/;

/** Whether the node is of the kind that the shape wants; a form, a choice or a range is others' business. */
export function hasKindOf(node: SpecNode, shape: Shape): boolean {
  if (node.kind === 'scalar' && node.type === 'null') return acceptsNull(shape);
  switch (shape.kind) {
    case 'text':
      return node.kind === 'scalar' && (node.type === 'text' || mayLookLikeNumber(shape));
    case 'choice':
    case 'literal':
      return node.kind === 'scalar';
    case 'boolean':
      return node.kind === 'scalar' && node.type === 'boolean';
    case 'integer':
      return node.kind === 'scalar' && node.type === 'integer' && INTEGER_TEXT.test(node.text);
    case 'number':
      return node.kind === 'scalar' && (node.type === 'integer' || node.type === 'number');
    case 'any':
      return true;
    case 'map':
    case 'entries':
    case 'variants':
      return node.kind === 'map';
    case 'list':
      return node.kind === 'list';
    case 'either':
      return shape[node.kind] !== undefined;
    case 'ref':
      return hasKindOf(node, shape.shape());
    default:
      return unreachable(shape);
  }
}

/** A version or name that YAML takes for a number is told about by the rule on its form, in better words. */
function mayLookLikeNumber(shape: TextShape): boolean {
  return shape.form !== undefined && shape.form !== 'pattern';
}

/** Whether nothing (null) may stand where the shape is wanted. */
export function acceptsNull(shape: Shape): boolean {
  switch (shape.kind) {
    case 'any':
    case 'map':
      return shape.nullable === true;
    case 'either':
      return [shape.scalar, shape.map, shape.list].some(
        (branch) => branch !== undefined && acceptsNull(branch),
      );
    case 'ref':
      return acceptsNull(shape.shape());
    default:
      return false;
  }
}
