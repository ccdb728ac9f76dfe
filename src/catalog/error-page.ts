import { errorTables } from '../base/errors.ts';

/** The reference page of all error codes that have been declared. */
export function errorPage(): string {
  const lines = [
    '# Error codes',
    '',
    'Every error has a code, a message that quotes what was found, and a hint at what to do next. Over HTTP it is a problem document',
    '(RFC 9457) with the status below; codes marked *try again* may succeed later without any change.',
    '',
  ];
  const tables = [...errorTables()].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [folder, table] of tables) {
    lines.push(`## ${folder}`, '', '| code | status | when | |', '|---|---|---|---|');
    for (const [code, entry] of Object.entries(table)) {
      lines.push(
        `| \`${code}\` | ${entry.status ?? 500} | ${entry.doc} | ${entry.retryable ? 'try again' : ''} |`,
      );
    }
    lines.push('');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}
