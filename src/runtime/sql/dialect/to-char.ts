/**
 * `to_char`, `to_date` and `to_timestamp` with a format of Postgres, as calls that the engine has. The format must stand in the
 * statement as a text: its parts become the parts of an expression.
 */
import { WharfError } from '../../../base/errors.ts';
import '../../../engine/errors.ts';
import { locationOf, type TreeNode, type TreeValue, textOf } from '../../../engine/admit/sql-tree.ts';
import { numberFormat, TO_CHAR_NUMBER } from './number-format.ts';
import type { RewriteRule } from './rewrite-tree.ts';
import { call, cast, childrenOf, constantText, inPlaceOf, textConstant } from './tree-nodes.ts';

export const FORMAT_FUNCTIONS = ['to_char', 'to_date', 'to_timestamp'] as const;

/** What each part of a format is: a format of the engine, or an expression of the value. Longer ones first. */
const PARTS: readonly (readonly [string, string | ((value: TreeValue) => TreeNode)])[] = [
  ['HH24', '%H'],
  ['HH12', '%I'],
  ['YYYY', '%Y'],
  ['IYYY', '%G'],
  ['MONTH', (value) => blanks(call('upper', call('monthname', value)))],
  ['Month', (value) => blanks(call('monthname', value))],
  ['month', (value) => blanks(call('lower', call('monthname', value)))],
  ['DAY', (value) => blanks(call('upper', call('dayname', value)))],
  ['Day', (value) => blanks(call('dayname', value))],
  ['day', (value) => blanks(call('lower', call('dayname', value)))],
  ['MON', (value) => call('upper', call('strftime', value, textConstant('%b')))],
  ['Mon', '%b'],
  ['mon', (value) => call('lower', call('strftime', value, textConstant('%b')))],
  ['DDD', '%j'],
  ['DY', (value) => call('upper', call('strftime', value, textConstant('%a')))],
  ['Dy', '%a'],
  ['dy', (value) => call('lower', call('strftime', value, textConstant('%a')))],
  ['YY', '%y'],
  ['MM', '%m'],
  ['DD', '%d'],
  ['HH', '%I'],
  ['MI', '%M'],
  ['SS', '%S'],
  ['MS', '%g'],
  ['US', '%f'],
  ['IW', '%V'],
  ['ID', '%u'],
  ['AM', '%p'],
  ['PM', '%p'],
  ['am', (value) => call('lower', call('strftime', value, textConstant('%p')))],
  ['pm', (value) => call('lower', call('strftime', value, textConstant('%p')))],
  ['TZ', (value) => call('strftime', cast(value, 'TIMESTAMP WITH TIME ZONE'), textConstant('UTC'))],
  ['Q', (value) => cast(call('quarter', value), 'VARCHAR')],
  [
    'CC',
    (value) => call('lpad', cast(call('century', value), 'VARCHAR'), textConstant('2'), textConstant('0')),
  ],
  ['J', (value) => cast(cast(call('julian', cast(value, 'DATE')), 'BIGINT'), 'VARCHAR')],
];
/** Months and days are filled with blanks up to this many characters, unless FM stands before them. */
const NAME_LENGTH = '9';

function blanks(text: TreeNode): TreeNode {
  return call('rpad', text, cast(textConstant(NAME_LENGTH), 'INTEGER'), textConstant(' '));
}

/** Throws SQL_REFUSED for a format that cannot be given exactly. */
export const formatRule: RewriteRule = (node) => {
  if (node.class !== 'FUNCTION') return node;
  const name = textOf(node.function_name).toLowerCase();
  if (!(FORMAT_FUNCTIONS as readonly string[]).includes(name)) return node;
  const [value, format] = childrenOf(node);
  if (name === 'to_timestamp' && format === undefined) return node;
  const text = constantText(format);
  if (value === undefined || text === undefined)
    throw refused(node, `${name} needs a value, and a format that stands in the statement.`);
  if (name === 'to_char') return inPlaceOf(node, toChar(node, value, text));
  const read = call('strptime', value, textConstant(plainFormat(node, text)));
  return inPlaceOf(node, cast(read, name === 'to_date' ? 'DATE' : 'TIMESTAMP WITH TIME ZONE'));
};

function toChar(node: TreeNode, value: TreeValue, format: string): TreeNode {
  const number = numberFormat(format);
  if (number) return numberText(value, number);
  const parts = pieces(node, format).map((piece) =>
    typeof piece === 'string' ? call('strftime', value, textConstant(piece)) : piece(value),
  );
  const [first, ...others] = parts;
  return others.reduce<TreeNode>(
    (text, part) => call('||', text, part),
    first ?? call('strftime', value, textConstant('')),
  );
}

/** As the macro `_to_char_number` makes it of a decimal with as many digits behind the point as are shown. */
function numberText(value: TreeValue, parts: readonly string[]): TreeNode {
  const type_info = {
    type: 'DECIMAL_TYPE_INFO',
    alias: '',
    extension_info: null,
    width: 38,
    scale: Number(parts[2]),
  };
  const exact = { ...cast(value, 'DECIMAL'), cast_type: { id: 'DECIMAL', type_info } };
  return call(TO_CHAR_NUMBER, exact, ...parts.map((part) => textConstant(part)));
}

type Piece = string | ((value: TreeValue) => TreeNode);

/** The format in pieces; those of the engine that stand side by side are one. */
function pieces(node: TreeNode, format: string): Piece[] {
  const found: Piece[] = [];
  const add = (piece: Piece) => {
    const last = found.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') found[found.length - 1] = last + piece;
    else found.push(piece);
  };
  let rest = format;
  let fills = true;
  while (rest !== '') {
    const quoted = /^"([^"]*)"/.exec(rest);
    const literal = /^([^A-Za-z"]+|T(?=HH)|Z$)/.exec(rest);
    if (quoted ?? literal) {
      add((quoted?.[1] ?? literal?.[0] ?? '').replaceAll('%', '%%'));
      rest = rest.slice((quoted ?? literal)?.[0].length);
    } else if (/^FM/i.test(rest)) {
      fills = false;
      rest = rest.slice(2);
    } else {
      const part =
        PARTS.find(([name]) => rest.startsWith(name)) ??
        PARTS.find(([name]) => rest.toUpperCase().startsWith(name));
      if (!part) throw unknownPart(node, format, rest);
      add(fills ? part[1] : unfilled(part[1]));
      fills = true;
      rest = rest.slice(part[0].length);
    }
  }
  return found;
}

/** Without leading zeros, and without blanks behind. */
function unfilled(piece: Piece): Piece {
  const text =
    typeof piece === 'string' ? (value: TreeValue) => call('strftime', value, textConstant(piece)) : piece;
  return (value) =>
    call('regexp_replace', call('rtrim', text(value)), textConstant('^0+(.)'), textConstant('\\1'));
}

/** A format to read by: it has parts of the engine only. */
function plainFormat(node: TreeNode, format: string): string {
  const text = format.replaceAll(/MONTH|Month|month/g, 'Mon').replaceAll(/MON|mon/g, 'Mon');
  const found = pieces(node, text.replaceAll(/FM/g, ''));
  if (found.some((piece) => typeof piece !== 'string')) throw unknownPart(node, format, format);
  return found.join('');
}

function unknownPart(node: TreeNode, format: string, rest: string): WharfError {
  return refused(node, `The format "${format}" has a part that is not known here, at "${rest}".`);
}

function refused(node: TreeNode, message: string): WharfError {
  const byte = locationOf(node);
  return new WharfError('SQL_REFUSED', message, {
    hint: "Use YYYY MM DD HH24 MI SS and the like, numbers as 999,990.00, or the engine's strftime(value, '%Y-%m-%d').",
    details: { sqlState: '0A000', ...(byte === undefined ? {} : { byte }) },
  });
}
