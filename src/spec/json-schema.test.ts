import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { meshJsonSchema, productJsonSchema } from './json-schema.ts';
import { ALL_RULES } from './rules/all-rules.ts';
import { EXAMPLE_DECLARATIONS } from './rules/example-mesh.ts';
import { WHOLE_LANGUAGE } from './test-support/whole-language.ts';

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false });
const acceptsMesh = ajv.compile(meshJsonSchema(EXAMPLE_DECLARATIONS));
const acceptsProduct = ajv.compile(productJsonSchema(EXAMPLE_DECLARATIONS));

function refusals(file: string, text: string): unknown {
  const accepts = file === 'mesh.yaml' ? acceptsMesh : acceptsProduct;
  return accepts(parse(text)) ? undefined : accepts.errors;
}

const specsOf = (example: Readonly<Record<string, string>>) =>
  Object.entries(example).filter(([file]) => file.endsWith('.yaml'));

describe('what an editor says with the JSON Schema', () => {
  it.each(ALL_RULES.map((rule) => [rule.code, rule] as const))(
    'accepts the good example of %s',
    (_code, rule) => {
      for (const [file, text] of specsOf(rule.good)) expect(refusals(file, text)).toBeUndefined();
    },
  );

  it('accepts a mesh that uses every key of the language', () => {
    for (const [file, text] of specsOf(WHOLE_LANGUAGE)) expect(refusals(file, text)).toBeUndefined();
  });

  /** Laws about a single file's keys and kinds can be said in a schema; an editor should mark those at once. */
  it.each([
    'SPEC_UNKNOWN_KEY',
    'SPEC_MISSING_KEY',
    'SPEC_ONE_OF_KEYS',
    'SPEC_WRONG_TYPE',
    'SPEC_WRONG_CHOICE',
    'SPEC_EMPTY',
    'SPEC_NUMBER_RANGE',
    'SPEC_OPTION_TEXT',
    'SPEC_NAME',
    'SPEC_VERSION',
    'SPEC_DURATION',
    'SPEC_SHARE',
    'SPEC_REFERENCE',
    'SPEC_PRINCIPAL',
    'SPEC_URI',
    'SPEC_UNKNOWN_CONNECTOR',
    'SPEC_FIELD_TYPE',
  ])('refuses the bad example of %s', (code) => {
    const rule = ALL_RULES.find((candidate) => candidate.code === code);
    const verdicts = specsOf(rule?.bad ?? {}).map(([file, text]) => refusals(file, text));
    expect(verdicts.some((verdict) => verdict !== undefined)).toBe(true);
  });
});
