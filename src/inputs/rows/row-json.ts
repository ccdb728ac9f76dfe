/** Values of databases as JSON: exact texts in, JSON texts out. What a field cannot hold is handed on as a text that it rejects with the reason. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what JSON escapes
const NEEDS_ESCAPING = /["\\\u0000-\u001f\ud800-\udfff]/;
const NUMBER = /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/;
/** JSON has no leading zeros, which texts of numbers may have. */
const ZEROS = /^(-?)0+(?=\d)/;

export function textJson(text: string): string {
  return NEEDS_ESCAPING.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** `NaN` and `Infinity` become texts, which fields of numbers reject with the reason. */
export function numberJson(text: string): string {
  return NUMBER.test(text) ? text.replace(ZEROS, '$1') : textJson(text);
}

/** A text that holds a JSON document, on one line; one that does not is a text. */
export function documentJson(text: string): string {
  try {
    JSON.parse(text);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return textJson(text);
    throw thrown;
  }
  // A line feed in a JSON document can only stand between tokens.
  return text.replace(/[\r\n]/g, ' ');
}

/** `2001-01-31 12:00:00` as ISO 8601 has it. */
export function timeJson(text: string): string {
  return textJson(text.replace(/^(\d{4}-\d\d-\d\d) /, '$1T'));
}

export function base64Json(bytes: Uint8Array): string {
  return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}"`;
}
