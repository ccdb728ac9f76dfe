import { fieldExample } from './example-mesh.ts';
import { formRule } from './form-rule.ts';

export const uriForm = formRule({
  code: 'SPEC_URI',
  family: 'uri',
  what: 'URI',
  law: 'The meaning of a field is a URI.',
  hint: 'Write the whole URI of the term, with its scheme.',
  bad: fieldExample('{ type: string, meaning: iataCode }'),
  good: fieldExample('{ type: string, meaning: "https://schema.org/iataCode" }'),
});
