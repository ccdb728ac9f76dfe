/**
 * JSON merge patch (RFC 7396) in the engine, with every number kept digit for digit.
 *
 * The engine's `json_merge_patch` reads numbers into doubles. So that it never sees one, each number becomes a string before
 * the merge and a number again after it. Strings are told from such numbers by their last character: a string gets the
 * letter `n` at its end, a number gets it in front. `"ab" -> "abn"`, `1.10 -> "n1.10"`, `"n1.10" -> "n1.10n"`.
 *
 * Patches do not combine into one patch (a null that deletes, then an object in its place, cannot be said in one), so a state
 * that is not yet complete holds all of them, in order, separated by a character that no JSON text can hold.
 */
import { sqlText } from './sql-type.ts';

/** ASCII record separator: a control character, which JSON text allows neither between tokens nor, raw, within them. */
export const PATCH_SEPARATOR_SQL = 'chr(30)';

const STRING = '"(?:[^"\\\\]|\\\\.)*"';
const STRING_TEXT = '"((?:[^"\\\\]|\\\\.)*)"';

/** Each string is followed by the mark, each number stands behind it: `"ab""n"`, `"n1.10"`. */
const MARK = [`(${STRING})|(-?[0-9][0-9.eE+-]*)`, '\\1"n\\2"'] as const;
/** The mark that follows a string becomes its last character. */
const JOIN = [`${STRING_TEXT}(?:"(n)")?`, '"\\1\\2"'] as const;
const UNMARK = ['("(?:[^"\\\\]|\\\\.)*)n(")|"n(-?[0-9.eE+-]+)"', '\\1\\2\\3'] as const;

function replaceAllSql(text: string, [pattern, replacement]: readonly [string, string]): string {
  return `regexp_replace(${text}, ${sqlText(pattern)}, ${sqlText(replacement)}, 'g')`;
}

/**
 * The value that a list of patches gives, oldest first: SQL over a column that holds them as one text. The first is applied
 * to nothing, which takes its null members out.
 *
 * Each value is merged as the member `v` of an object, because the engine keeps null members of a patch that is applied to
 * anything but an object, at the top level only.
 */
export function foldPatchesSql(column: string): string {
  const encoded = replaceAllSql(replaceAllSql('p', MARK), JOIN);
  const patches = `list_transform(string_split(${column}, ${PATCH_SEPARATOR_SQL}), lambda p: '{"v":' || ${encoded} || '}')`;
  const merged = `list_reduce(${patches}, lambda older, newer: json_merge_patch(older, newer)::VARCHAR, '{}')`;
  const value = `list_transform([${merged}], lambda m: CASE WHEN m = '{}' THEN 'null' ELSE substr(m, 6, length(m) - 6) END)[1]`;
  return `CASE WHEN ${column} IS NULL THEN NULL ELSE ${replaceAllSql(value, UNMARK)} END`;
}
