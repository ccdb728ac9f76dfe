/** What a page shows when there is nothing to show yet, nothing at all, or something went wrong. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Problem } from '../api/client.ts';

interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
  /** What can be done about it. */
  readonly action?: ReactNode;
}

export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {children && <span>{children}</span>}
      {action}
    </div>
  );
}

/** The height of what will be there, so that nothing jumps. */
export function Loading({ rows = 6 }: { readonly rows?: number }) {
  return (
    <div className="stack" aria-busy="true">
      <span className="visually-hidden" role="status">
        Loading
      </span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <div key={row} className="bone" style={{ width: `${92 - ((row * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

export function ErrorNotice({ error }: { readonly error: unknown }) {
  const problem = error instanceof Problem ? error : undefined;
  return (
    <div className="notice bad" role="alert">
      <div>
        <strong>{error instanceof Error ? error.message : String(error)}</strong>
        {problem?.hint && <p className="soft">{problem.hint}</p>}
        {problem && (
          <p className="soft small">
            <code>{problem.code}</code>
          </p>
        )}
      </div>
    </div>
  );
}

/** Shows what a query found, or why it has not. An error keeps the answer before on the page. */
export function Loaded<T>({
  query,
  rows,
  children,
}: {
  readonly query: UseQueryResult<T>;
  readonly rows?: number;
  readonly children: (data: T) => ReactNode;
}) {
  const { data, error } = query;
  if (data !== undefined)
    return (
      <>
        {error && <ErrorNotice error={error} />}
        {children(data)}
      </>
    );
  return error ? <ErrorNotice error={error} /> : <Loading {...(rows === undefined ? {} : { rows })} />;
}
