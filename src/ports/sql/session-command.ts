/** What is not a query: told by its words, and answered by the session itself. */
import { type CopyFormat, copyFormat } from './copy-out.ts';

export type SessionCommand =
  | { readonly kind: 'begin' | 'commit' | 'rollback' | 'empty' | 'discard' | 'deallocate-all' | 'unlisten' }
  | { readonly kind: 'savepoint' | 'release' | 'rollback-to' }
  | { readonly kind: 'set'; readonly name: string; readonly value: string; readonly local: boolean }
  | { readonly kind: 'reset' | 'show' | 'deallocate' | 'close'; readonly name: string }
  | { readonly kind: 'declare'; readonly name: string; readonly sql: string }
  | { readonly kind: 'fetch'; readonly name: string; readonly rows: number | 'all' }
  | { readonly kind: 'copy'; readonly sql: string; readonly format: CopyFormat }
  | { readonly kind: 'query'; readonly sql: string };

type Reader = (match: RegExpExecArray) => SessionCommand;

const NAME = `("[^"]+"|[\\w.]+)`;
const NAME_PART = `(?:"[^"]+"|\\w+)`;

const READERS: readonly (readonly [RegExp, Reader])[] = [
  [/^$/, () => ({ kind: 'empty' })],
  [/^(begin|start\s+transaction)\b[^;]*$/i, () => ({ kind: 'begin' })],
  [/^(commit|end)(\s+(work|transaction))?$/i, () => ({ kind: 'commit' })],
  [/^(rollback|abort)(\s+(work|transaction))?$/i, () => ({ kind: 'rollback' })],
  [/^rollback\s+(work\s+|transaction\s+)?to\s+(savepoint\s+)?\S+$/i, () => ({ kind: 'rollback-to' })],
  [/^savepoint\s+\S+$/i, () => ({ kind: 'savepoint' })],
  [/^release\s+(savepoint\s+)?\S+$/i, () => ({ kind: 'release' })],
  [/^unlisten\s+\S+$/i, () => ({ kind: 'unlisten' })],
  [/^discard\s+(all|plans|temp|sequences)$/i, () => ({ kind: 'discard' })],
  [/^deallocate\s+(prepare\s+)?all$/i, () => ({ kind: 'deallocate-all' })],
  [named(`^deallocate\\s+(?:prepare\\s+)?${NAME}$`), (m) => ({ kind: 'deallocate', name: plain(m[1]) })],
  [/^set\s+(session\s+|local\s+)?time\s+zone\s+(.+)$/i, (m) => setting('timezone', m[2], m[1])],
  [/^set\s+session\s+characteristics\s+as\s+(.+)$/i, (m) => setting('transaction', m[1], undefined)],
  [/^set\s+transaction\s+(.+)$/i, (m) => setting('transaction', m[1], undefined)],
  [
    named(`^set\\s+(session\\s+|local\\s+)?${NAME}\\s*(?:=|\\s+to\\s+)\\s*([^;]*)$`),
    (m) => setting(plain(m[2]), m[3], m[1]),
  ],
  [named(`^reset\\s+${NAME}$`), (m) => ({ kind: 'reset', name: plain(m[1]) })],
  [/^show\s+transaction\s+isolation\s+level$/i, () => ({ kind: 'show', name: 'transaction_isolation' })],
  [/^show\s+time\s+zone$/i, () => ({ kind: 'show', name: 'timezone' })],
  [named(`^show\\s+${NAME}$`), (m) => ({ kind: 'show', name: plain(m[1]) })],
  [named(`^close\\s+${NAME}$`), (m) => ({ kind: 'close', name: plain(m[1]) })],
  [
    named(
      `^declare\\s+${NAME}\\s+(?:(?:binary|insensitive|no\\s+scroll)\\s+)*cursor\\s+(?:with(?:out)?\\s+hold\\s+)?for\\s+([\\s\\S]+)$`,
    ),
    (m) => ({ kind: 'declare', name: plain(m[1]), sql: m[2] ?? '' }),
  ],
  [
    named(`^fetch\\s+(?:(forward)\\s+)?(?:(all|next|\\d+)\\s+)?(?:from\\s+|in\\s+)?${NAME}$`),
    (m) => ({ kind: 'fetch', name: plain(m[3]), rows: rowsOf(m[2]) }),
  ],
  [
    /^copy\s*\(([\s\S]+)\)\s*to\s+stdout\b([^;]*)$/i,
    (m) => ({ kind: 'copy', sql: m[1] ?? '', format: copyFormat(m[2] ?? '') }),
  ],
  [
    named(
      `^copy\\s+((?:${NAME_PART}\\.){0,2}${NAME_PART})\\s*(?:\\(([^()]*)\\))?\\s*to\\s+stdout\\b([^;]*)$`,
    ),
    (m) => ({ kind: 'copy', sql: `select ${m[2] ?? '*'} from ${m[1]}`, format: copyFormat(m[3] ?? '') }),
  ],
];

/** Throws SessionError. */
export function sessionCommand(sql: string): SessionCommand {
  const trimmed = sql.replace(/^(\s|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)+/, '').replace(/[;\s]+$/, '');
  // Most statements are queries, and may be long.
  if (/^(select|with|values|from|table)\b/i.test(trimmed)) return { kind: 'query', sql };
  for (const [pattern, read] of READERS) {
    const match = pattern.exec(trimmed);
    if (match) return read(match);
  }
  return { kind: 'query', sql };
}

function named(pattern: string): RegExp {
  return new RegExp(pattern, 'i');
}

function plain(name: string | undefined): string {
  const given = name ?? '';
  return given.startsWith('"') ? given.slice(1, -1) : given.toLowerCase();
}

function setting(name: string, value: string | undefined, scope: string | undefined): SessionCommand {
  const text = (value ?? '').trim();
  const unquoted = /^'((?:[^']|'')*)'$/.exec(text)?.[1]?.replaceAll("''", "'");
  return { kind: 'set', name, value: unquoted ?? text, local: /local/i.test(scope ?? '') };
}

function rowsOf(text: string | undefined): number | 'all' {
  if (text === undefined || /^next$/i.test(text)) return 1;
  return /^all$/i.test(text) ? 'all' : Number(text);
}
