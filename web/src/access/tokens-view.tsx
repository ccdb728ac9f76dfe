import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { TokenInfo } from '../../../src/access/token.ts';
import type { GivenToken } from '../../../src/runtime/access/token-store.ts';
import { postJson } from '../api/client.ts';
import { followed } from '../api/queries.ts';
import { ErrorNotice, Loading } from '../base/states.tsx';
import { GivenTokenNotice } from './given-token.tsx';
import { Refused } from './sign-in-notice.tsx';
import { TokenForm } from './token-form.tsx';
import { TokenTable } from './token-table.tsx';

/** The tokens of this platform. The text of one is seen once, when it is made, and is nowhere in the address or the cache. */
export function TokensView() {
  const { data, error } = useQuery(followed<{ tokens: readonly TokenInfo[] }>('/api/tokens'));
  const { given, problem, post, forget } = useTokenCalls();
  if (error) return <Refused error={error} title="Tokens are for those who run the platform." />;
  if (!data) return <Loading rows={6} />;
  return (
    <div className="stack">
      {given && <GivenTokenNotice given={given} onClose={forget} />}
      {problem !== undefined && <ErrorNotice error={problem} />}
      <div className="access-columns">
        <TokenTable
          tokens={data.tokens}
          onRotate={(id) => void post(`/api/tokens/${encodeURIComponent(id)}/rotate`, {})}
          onRevoke={(id) => void post(`/api/tokens/${encodeURIComponent(id)}/revoke`, {})}
        />
        <TokenForm onCreate={(body) => post('/api/tokens', body)} />
      </div>
    </div>
  );
}

function useTokenCalls() {
  const client = useQueryClient();
  const [given, setGiven] = useState<GivenToken>();
  const [problem, setProblem] = useState<unknown>();
  /** True when it was done. */
  const post = async (path: string, body: object): Promise<boolean> => {
    setProblem(undefined);
    setGiven(undefined);
    try {
      const answer = (await postJson<Partial<GivenToken> & { token: TokenInfo }>(path, body)).body;
      if (answer.text !== undefined) setGiven({ token: answer.token, text: answer.text });
      await client.invalidateQueries({ queryKey: ['followed', '/api/tokens'] });
      return true;
    } catch (thrown) {
      setProblem(thrown);
      return false;
    }
  };
  return { given, problem, post, forget: () => setGiven(undefined) };
}
