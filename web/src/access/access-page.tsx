import { useTitle } from '../base/use-title.ts';
import { AgreementsList } from './agreements-list.tsx';

export function AccessPage() {
  useTitle('Access');
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Access</h1>
          <p className="lead">Who asked for what, and what was agreed.</p>
        </div>
      </div>
      <AgreementsList path="/api/agreements" />
    </>
  );
}
