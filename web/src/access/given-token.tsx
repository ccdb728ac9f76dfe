import type { GivenToken } from '../../../src/runtime/access/token-store.ts';
import { Code } from '../base/parts.tsx';
import { Time } from '../base/time.tsx';
import { ownerText } from './token-state.ts';

interface GivenTokenNoticeProps {
  readonly given: GivenToken;
  readonly onClose: () => void;
}

export function GivenTokenNotice({ given: { token, text }, onClose }: GivenTokenNoticeProps) {
  return (
    <section className="notice good" aria-label="The new token">
      <div className="stack grow">
        <p role="status">
          <strong>A token of {ownerText(token)}.</strong> Copy it now: it is kept nowhere, and not shown
          again.{' '}
          {token.expiresAt !== null && (
            <>
              It holds until <Time at={token.expiresAt} />.
            </>
          )}
        </p>
        <Code text={text} label="The token" />
        <div>
          <button type="button" className="button" onClick={onClose}>
            I have it
          </button>
        </div>
      </div>
    </section>
  );
}
