import { useState } from 'react';
import type { AuditReport } from '../../../src/runtime/access/audit-log.ts';
import { postJson } from '../api/client.ts';
import { count } from '../base/format.ts';
import { Code, Dot } from '../base/parts.tsx';
import { ErrorNotice } from '../base/states.tsx';
import { Time } from '../base/time.tsx';

interface Verified {
  readonly report: AuditReport;
  readonly at: number;
}

/** Whether the chain of entries is whole: read again from its beginning when somebody asks. */
export function AuditChain() {
  const [known, setKnown] = useState('');
  const [verified, setVerified] = useState<Verified>();
  const [error, setError] = useState<unknown>();
  const [isReading, setReading] = useState(false);
  const verify = async () => {
    setReading(true);
    setError(undefined);
    try {
      const body = known.trim() === '' ? {} : { known: known.trim() };
      setVerified({ report: (await postJson<AuditReport>('/api/audit/verify', body)).body, at: Date.now() });
    } catch (thrown) {
      setError(thrown);
    } finally {
      setReading(false);
    }
  };
  return (
    <section className="card stack" aria-label="The chain">
      <div className="row spread">
        <h2>The chain</h2>
        {verified === undefined ? (
          <Dot tone="none">not verified here yet</Dot>
        ) : (
          <Dot tone={verified.report.ok ? 'good' : 'bad'}>{verified.report.ok ? 'whole' : 'broken'}</Dot>
        )}
      </div>
      <p className="soft small">
        Each entry holds the hash of the one before it, so that none can be changed or taken out unseen.
      </p>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          void verify();
        }}
      >
        <input
          className="input mono grow"
          aria-label="A hash that was kept elsewhere"
          placeholder="a hash that was kept elsewhere, if there is one"
          spellCheck={false}
          value={known}
          onChange={(event) => setKnown(event.currentTarget.value)}
        />
        <button type="submit" className="button" disabled={isReading}>
          {isReading ? 'Reading' : 'Verify'}
        </button>
      </form>
      {error !== undefined && <ErrorNotice error={error} />}
      {verified && <Report verified={verified} />}
    </section>
  );
}

function Report({ verified: { report, at } }: { readonly verified: Verified }) {
  return (
    <div className="stack" role="status">
      <p className="small">
        {report.ok ? (
          <>
            All {count(report.entries)} entries follow each other, read at <Time at={at} />. Keep this hash
            elsewhere: it proves later that nothing before it changed.
          </>
        ) : (
          <span className="bad-text">{report.problem}</span>
        )}
      </p>
      <Code text={report.hash} label="The hash of the last entry" />
    </div>
  );
}
