import { keyedExample } from './example-mesh.ts';
import { formRule } from './form-rule.ts';

const good = keyedExample('');

export const versionForm = formRule({
  code: 'SPEC_VERSION',
  family: 'version',
  what: 'version',
  law: 'The version of a product is a semantic version.',
  hint: 'Write three numbers: major.minor.patch.',
  bad: { 'departures.product.yaml': (good['departures.product.yaml'] ?? '').replace('1.0.0', '1.0') },
  good,
});
