import { expect, it } from 'vitest';
import { copyFormat, copyLine } from './copy-out.ts';
import { SessionError } from './session-error.ts';

it.each([
  [' with (format csv, header)', 'a,"b,",,""""\n', true],
  [' with (format csv, header false)', 'a,"b,",,""""\n', false],
  [" (FORMAT CSV, HEADER true, DELIMITER ';', NULL '-')", 'a;b,;-;""""\n', true],
  [' csv header', 'a,"b,",,""""\n', true],
  [' with csv', 'a,"b,",,""""\n', false],
  [" with delimiter as '|' null as 'x'", 'a|b,|x|"\n', false],
  [' with (format text)', 'a\tb,\t\\N\t"\n', false],
  ['', 'a\tb,\t\\N\t"\n', false],
])('writes rows as COPY%s says', (options, line, header) => {
  const format = copyFormat(options);
  expect(copyLine(['a', 'b,', null, '"'], format)).toBe(line);
  expect(format.header).toBe(header);
});

it.each([' with (format binary)', ' with binary', ' (force_quote *)', ' with (format csv, freeze)'])(
  'refuses what COPY%s asks for',
  (options) => {
    expect(() => copyFormat(options)).toThrow(SessionError);
  },
);
