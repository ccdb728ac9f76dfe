import { unreachable } from '../base/assert.ts';
import type { Declarations } from '../schema/options.ts';
import { describeShape } from './grammar/describe-shape.ts';
import { meshGrammar } from './grammar/mesh-grammar.ts';
import { productGrammar } from './grammar/product-grammar.ts';
import type { EntriesShape, Key, MapShape, Shape, VariantsShape } from './grammar/shape.ts';
import { TEXT_FORMS } from './grammar/text-forms.ts';

export type SpecJsonSchema = Readonly<Record<string, unknown>>;

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** The JSON Schema (2020-12) of `mesh.yaml`, for editors. The declarations are taken for symmetry with the products'. */
export function meshJsonSchema(_declarations: Declarations): SpecJsonSchema {
  return jsonSchemaOf('mesh.yaml of a Wharf mesh', meshGrammar);
}

/** The JSON Schema (2020-12) of `*.product.yaml` with the options of all connectors, for editors. */
export function productJsonSchema(declarations: Declarations): SpecJsonSchema {
  return jsonSchemaOf('A Wharf data product', productGrammar(declarations));
}

/** The JSON Schema (2020-12) of a YAML file with this grammar. */
export function jsonSchemaOf(title: string, grammar: MapShape): SpecJsonSchema {
  const schemas = new SchemaWriter();
  const root = schemas.map(grammar);
  return { $schema: DIALECT, title, ...root, $defs: schemas.definitions() };
}

/** Turns shapes into schemas; shapes with a name become definitions, so that they may contain themselves. */
class SchemaWriter {
  readonly #definitions = new Map<string, SpecJsonSchema>();

  definitions(): SpecJsonSchema {
    return Object.fromEntries(this.#definitions);
  }

  of(shape: Shape): SpecJsonSchema {
    switch (shape.kind) {
      case 'text':
        return textSchema(shape);
      case 'choice':
        return { enum: shape.values };
      case 'integer':
      case 'number':
        return {
          type: shape.kind,
          ...(shape.min === undefined ? {} : { minimum: shape.min }),
          ...(shape.max === undefined ? {} : { maximum: shape.max }),
        };
      case 'boolean':
        return { type: 'boolean' };
      case 'literal':
        return { type: ['string', 'number', 'boolean'] };
      case 'any':
        return {};
      case 'map':
        return this.map(shape);
      case 'entries':
        return {
          type: 'object',
          propertyNames: nameSchema(shape),
          ...(holdsTypes(shape.value) ? { patternProperties: SPLIT_DECIMAL } : {}),
          additionalProperties: this.of(shape.value),
          ...(shape.empty === 'refused' ? { minProperties: 1 } : {}),
        };
      case 'list':
        return {
          type: 'array',
          items: this.of(shape.item),
          ...(shape.empty === 'refused' ? { minItems: 1 } : {}),
        };
      case 'either': {
        const branches = [shape.scalar, shape.list, shape.map].filter((branch) => branch !== undefined);
        return { anyOf: branches.map((branch) => this.of(branch)) };
      }
      case 'variants':
        return this.#variants(shape);
      case 'ref':
        return this.#reference(shape.name, shape.shape);
      default:
        return unreachable(shape);
    }
  }

  map(shape: MapShape): SpecJsonSchema {
    const required = Object.keys(shape.keys).filter((name) => shape.keys[name]?.required);
    return {
      type: shape.nullable ? ['object', 'null'] : 'object',
      properties: Object.fromEntries(Object.entries(shape.keys).map(([name, key]) => [name, this.#key(key)])),
      ...(shape.keys.type && holdsTypes(shape.keys.type.shape) ? { patternProperties: SPLIT_DECIMAL } : {}),
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
      ...(shape.exactlyOne ? { oneOf: shape.exactlyOne.map((name) => ({ required: [name] })) } : {}),
      ...(shape.atMostOne ? { not: { required: [...shape.atMostOne] } } : {}),
    };
  }

  #key(key: Key): SpecJsonSchema {
    return { description: key.doc, ...this.of(key.shape) };
  }

  /** With a tag the value of one key chooses the map; without, each name has a map of its own. */
  #variants(shape: VariantsShape): SpecJsonSchema {
    if (shape.tag === undefined) {
      const properties = Object.entries(shape.variants).map(([name, map]) => [name, this.map(map)]);
      return { type: 'object', properties: Object.fromEntries(properties), additionalProperties: false };
    }
    const tag = shape.tag;
    const maps: SpecJsonSchema[] = Object.entries(shape.variants).map(([name, map]) => {
      const schema = this.map(map);
      const properties = { ...(schema.properties as SpecJsonSchema), [tag]: { const: name } };
      return { ...schema, properties };
    });
    if (shape.untagged && shape.of === 'input') maps.push(this.#untagged(shape.untagged, tag));
    // Nothing of the kind is built: whatever is written is refused.
    return maps.length === 0 ? { not: {} } : { anyOf: maps };
  }

  #untagged(shape: MapShape, tag: string): SpecJsonSchema {
    const { [tag]: _tag, ...keys } = shape.keys;
    return this.map({ ...shape, keys });
  }

  #reference(name: string, shape: () => Shape): SpecJsonSchema {
    if (!this.#definitions.has(name)) {
      // Entered before it is written: the shape refers to itself.
      this.#definitions.set(name, {});
      this.#definitions.set(name, this.of(shape()));
    }
    return { $ref: `#/$defs/${name}` };
  }
}

/**
 * In a flow map YAML takes `type: decimal(12,2)` apart at the comma; reading a spec puts it together again, so an editor
 * must not complain.
 */
const SPLIT_TAIL = '^ *[0-9]+ *\\)$';
const SPLIT_DECIMAL = { [SPLIT_TAIL]: { type: 'null' } };
const SPLIT_HEAD = 'decimal\\( *[0-9]+';

function isType(shape: Shape | undefined): boolean {
  return shape?.kind === 'text' && shape.form !== undefined && TEXT_FORMS[shape.form].family === 'type';
}

/** Whether a type may stand as the value itself. */
function holdsTypes(shape: Shape): boolean {
  if (shape.kind === 'ref') return holdsTypes(shape.shape());
  return shape.kind === 'either' ? isType(shape.scalar) : isType(shape);
}

function nameSchema(shape: EntriesShape): SpecJsonSchema {
  const names = textSchema({ kind: 'text', form: shape.names });
  return holdsTypes(shape.value) ? { anyOf: [names, { type: 'string', pattern: SPLIT_TAIL }] } : names;
}

function textSchema(shape: Extract<Shape, { readonly kind: 'text' }>): SpecJsonSchema {
  if (shape.form !== undefined) {
    const { pattern } = TEXT_FORMS[shape.form];
    return {
      type: 'string',
      pattern: isType(shape) ? `${pattern}|^${SPLIT_HEAD}$` : pattern,
      $comment: describeShape(shape),
    };
  }
  return {
    type: 'string',
    ...(shape.pattern === undefined ? {} : { pattern: shape.pattern }),
    ...(shape.lengthMin === undefined ? {} : { minLength: shape.lengthMin }),
    ...(shape.lengthMax === undefined ? {} : { maxLength: shape.lengthMax }),
  };
}
