import { useSyncExternalStore } from 'react';

function onChange(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}

/** False while the page is in a tab that nobody looks at. */
export function useShown(): boolean {
  return useSyncExternalStore(onChange, () => document.visibilityState === 'visible');
}
