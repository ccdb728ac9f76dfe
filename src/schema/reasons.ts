/** Why a record can be rejected: every code that a reject may carry, with what it means. */
export const REASONS = {
  JSON_INVALID: 'The record is not JSON.',
  JSON_NOT_AN_OBJECT: 'The record is JSON, but not an object.',
  JSON_TOO_DEEP: 'Arrays and objects are nested more than 64 deep.',
  JSON_DUPLICATE_KEY: 'A member stands more than once in one object.',
  RECORD_TOO_LONG: 'The record is longer than 16 MB.',
  TEXT_NOT_UTF8: 'The record holds bytes that are not UTF-8.',
  TEXT_NUL: 'A text holds the character NUL.',
  TEXT_LONE_SURROGATE: 'A text holds half of a surrogate pair.',
  CSV_CELL_COUNT: 'The record has more or fewer cells than there are columns.',
  CSV_QUOTE: 'A quoted cell does not end, or text stands behind its end.',
  FIELD_UNKNOWN: 'The record has a member that no field names.',
  FIELD_REQUIRED: 'A required field is missing or null.',
  TYPE_MISMATCH: 'The value is not of the type of its field.',
  NUMBER_NOT_EXACT: 'The number has more digits than its type holds; nothing is ever rounded.',
  BELOW_MIN: 'The value is smaller than the least one allowed.',
  ABOVE_MAX: 'The value is larger than the largest one allowed.',
  TOO_SHORT: 'The text, list or bytes are shorter than allowed.',
  TOO_LONG: 'The text, list or bytes are longer than allowed.',
  PATTERN_MISMATCH: 'The text does not match the pattern of its field.',
  FORMAT_MISMATCH: 'The text is not of the format of its field.',
  NOT_IN_ENUM: 'The value is not one of those listed.',
  VALIDATION_TIMEOUT: 'The record could not be validated in time.',
  MAP_FAILED: 'The transform could not map the record.',
} as const;

export type ReasonCode = keyof typeof REASONS;
