import { Link } from 'wouter';
import { useUrlState } from '../base/url-state.ts';
import { useTitle } from '../base/use-title.ts';
import { AgreementsList } from './agreements-list.tsx';
import { AuditView } from './audit-view.tsx';
import { TokensView } from './tokens-view.tsx';

const VIEWS = [
  ['agreements', 'Agreements', 'Who asked for what, and what was agreed.'],
  ['tokens', 'Tokens', 'What people and services show to say who they are.'],
  ['audit', 'Audit', 'Who read what of guarded products, and who changed what.'],
] as const;

export function AccessPage() {
  const [params] = useUrlState();
  const [view, label, about] = VIEWS.find(([name]) => name === params.get('view')) ?? VIEWS[0];
  useTitle(label);
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Access</h1>
          <p className="lead">{about}</p>
        </div>
      </div>
      <nav className="tabs" aria-label="About access">
        {VIEWS.map(([name, text]) => (
          <Link
            key={name}
            href={name === 'agreements' ? '/access' : `/access?view=${name}`}
            aria-current={name === view ? 'page' : undefined}
          >
            {text}
          </Link>
        ))}
      </nav>
      {view === 'agreements' && <AgreementsList path="/api/agreements" />}
      {view === 'tokens' && <TokensView />}
      {view === 'audit' && <AuditView />}
    </>
  );
}
