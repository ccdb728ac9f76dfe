import type { FieldTypeName } from '../../schema/field.ts';

const ORDERED = ['integer', 'number', 'decimal', 'date', 'time', 'timestamp'] as const;
const SCALARS = [...ORDERED, 'string', 'boolean', 'bytes'] as const;

/** The types that each constraint makes sense for. */
export const CONSTRAINT_TYPES: Readonly<Record<string, readonly FieldTypeName[]>> = {
  min: ORDERED,
  max: ORDERED,
  length: ['string', 'bytes', 'array'],
  pattern: ['string'],
  format: ['string'],
  enum: [...ORDERED, 'string'],
  unique: SCALARS,
  default: [...SCALARS, 'json'],
};
