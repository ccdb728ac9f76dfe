/** The state of a page lives in its address: what is seen can be sent. */
import { useCallback } from 'react';
import { useSearchParams } from 'wouter';

export type Changes = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Changes replace what the address says of the given names; the default is said by saying nothing. */
export function useUrlState(): readonly [
  URLSearchParams,
  (changes: Changes, options?: { replace?: boolean }) => void,
] {
  const [params, setParams] = useSearchParams();
  const change = useCallback(
    (changes: Changes, { replace = true } = {}) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changes)) {
            after.delete(name);
            for (const each of [value ?? []].flat()) if (each !== '') after.append(name, each);
          }
          return after;
        },
        { replace },
      ),
    [setParams],
  );
  return [params, change];
}
