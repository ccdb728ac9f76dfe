import { type FieldTypeName, SCALAR_TYPES } from '../../schema/field.ts';

export interface TypeText {
  readonly type: FieldTypeName;
  /** decimal only. */
  readonly precision?: number;
  readonly scale?: number;
}

const DECIMAL = /^decimal\( *([0-9]+) *, *([0-9]+) *\)$/;
const PLAIN: ReadonlySet<string> = new Set([
  ...SCALAR_TYPES.filter((t) => t !== 'decimal'),
  'object',
  'array',
]);

/** `decimal(12, 2)`, `date`; undefined when the text is no type. The bounds of decimals are not looked at. */
export function parseType(text: string): TypeText | undefined {
  const decimal = DECIMAL.exec(text);
  if (decimal) return { type: 'decimal', precision: Number(decimal[1]), scale: Number(decimal[2]) };
  return PLAIN.has(text) ? { type: text as FieldTypeName } : undefined;
}
