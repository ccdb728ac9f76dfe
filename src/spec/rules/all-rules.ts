/** Every rule, in the order of the reference. A new rule is one file and one line here. */
import { boundsOrder } from './bounds-order.ts';
import { constraintFit } from './constraint-fit.ts';
import { datasetParts } from './dataset-parts.ts';
import { dateForm } from './date-form.ts';
import { duplicateKey } from './duplicate-key.ts';
import { duplicateProduct } from './duplicate-product.ts';
import { durationForm } from './duration-form.ts';
import { emptyCollection } from './empty-collection.ts';
import { fieldType } from './field-type.ts';
import { fileMissing } from './file-missing.ts';
import { fileOutside } from './file-outside.ts';
import { inputDataset } from './input-dataset.ts';
import { inputFields } from './input-fields.ts';
import { keyKnown } from './key-known.ts';
import { keyScalar } from './key-scalar.ts';
import { keyTwice } from './key-twice.ts';
import { meshFile } from './mesh-file.ts';
import { missingKey } from './missing-key.ts';
import { nameCollision } from './name-collision.ts';
import { nameForm } from './name-form.ts';
import { notAvailable } from './not-available.ts';
import { numberRange } from './number-range.ts';
import { oneOfKeys } from './one-of-keys.ts';
import { optionText } from './option-text.ts';
import { ownerMissing } from './owner-missing.ts';
import { patternLinear } from './pattern-linear.ts';
import { principalForm } from './principal-form.ts';
import { productCycle } from './product-cycle.ts';
import { reductionFit } from './reduction-fit.ts';
import { referenceForm } from './reference-form.ts';
import { reservedDomain } from './reserved-domain.ts';
import { reuseCycle } from './reuse-cycle.ts';
import type { Rule } from './rule.ts';
import { scheduleForm } from './schedule-form.ts';
import { secretInClear } from './secret-in-clear.ts';
import { shareForm } from './share-form.ts';
import { specFile } from './spec-file.ts';
import { typeParts } from './type-parts.ts';
import { unknownConnection } from './unknown-connection.ts';
import { unknownConnector } from './unknown-connector.ts';
import { unknownDomain } from './unknown-domain.ts';
import { unknownField } from './unknown-field.ts';
import { unknownKey } from './unknown-key.ts';
import { unknownProduct } from './unknown-product.ts';
import { unknownTeam } from './unknown-team.ts';
import { uriForm } from './uri-form.ts';
import { valueAllowed } from './value-allowed.ts';
import { valueType } from './value-type.ts';
import { versionForm } from './version-form.ts';
import { wholeInput } from './whole-input.ts';
import { wrongChoice } from './wrong-choice.ts';
import { wrongType } from './wrong-type.ts';
import { yamlDepth } from './yaml-depth.ts';
import { yamlFeature } from './yaml-feature.ts';
import { yamlSyntax } from './yaml-syntax.ts';

export const ALL_RULES: readonly Rule[] = [
  // What can be read at all.
  specFile,
  meshFile,
  yamlSyntax,
  yamlFeature,
  yamlDepth,
  duplicateKey,
  // Keys and the kinds of their values.
  unknownKey,
  missingKey,
  oneOfKeys,
  wrongType,
  wrongChoice,
  emptyCollection,
  numberRange,
  optionText,
  // The forms of texts.
  nameForm,
  versionForm,
  durationForm,
  scheduleForm,
  shareForm,
  dateForm,
  referenceForm,
  principalForm,
  uriForm,
  // Products and what they name.
  duplicateProduct,
  nameCollision,
  datasetParts,
  ownerMissing,
  reservedDomain,
  unknownDomain,
  unknownTeam,
  unknownProduct,
  productCycle,
  unknownField,
  unknownConnection,
  unknownConnector,
  notAvailable,
  inputFields,
  inputDataset,
  wholeInput,
  fileMissing,
  fileOutside,
  secretInClear,
  // Fields.
  fieldType,
  typeParts,
  reuseCycle,
  keyKnown,
  keyScalar,
  keyTwice,
  constraintFit,
  reductionFit,
  valueType,
  boundsOrder,
  valueAllowed,
  patternLinear,
];
