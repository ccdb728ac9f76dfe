import { describe, expect, it } from 'vitest';
import { splitStatements } from './split-statements.ts';

const texts = (text: string) => splitStatements(text).map(({ sql }) => sql.trim());

describe('a text of several statements', () => {
  it.each([
    ['select 1', ['select 1']],
    ['select 1;', ['select 1']],
    ['select 1; select 2;;\n ;', ['select 1', 'select 2']],
    ['select \';\'; select ";"', ["select ';'", 'select ";"']],
    ["select 'it''s;'; select 2", ["select 'it''s;'", 'select 2']],
    ["select e'a\\';b'; select 2", ["select e'a\\';b'", 'select 2']],
    ["select 'a\\'; select 2", ["select 'a\\'", 'select 2']],
    ['select $$;$$; select $x$ $$;$x$', ['select $$;$$', 'select $x$ $$;$x$']],
    ['select a$b$ ; select $1; select 2', ['select a$b$', 'select $1', 'select 2']],
    ['select 1 -- ; no\n; select 2', ['select 1 -- ; no', 'select 2']],
    ['select 1 /* ; /* ; */ ; */; select 2', ['select 1 /* ; /* ; */ ; */', 'select 2']],
    ['-- nothing\n', []],
    ['', []],
    ["select 'open; select 2", ["select 'open; select 2"]],
  ])('is cut where Postgres cuts it: %s', (text, wanted) => {
    expect(texts(text)).toEqual(wanted);
  });

  it('says where each begins', () => {
    expect(splitStatements('select 1; select 2')).toEqual([
      { sql: 'select 1', at: 0 },
      { sql: ' select 2', at: 9 },
    ]);
  });
});
