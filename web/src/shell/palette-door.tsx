/** Opens the command palette, which is loaded when somebody first asks for it: by `/`, Ctrl-K, or the button in the head. */
import { lazy, Suspense, useEffect, useState } from 'react';

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));
const OPEN_EVENT = 'wharf-palette';

export function openPalette(): void {
  window.dispatchEvent(new Event(OPEN_EVENT));
}

export function PaletteDoor() {
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    const open = () => setAsked((before) => before + 1);
    window.addEventListener(OPEN_EVENT, open);
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener(OPEN_EVENT, open);
      window.removeEventListener('keydown', onKey);
    };
  }, []);
  return asked === 0 ? null : (
    <Suspense fallback={null}>
      <Palette asked={asked} />
    </Suspense>
  );
}

function onKey(event: KeyboardEvent): void {
  const isMod = event.ctrlKey || event.metaKey;
  if (event.key === 'k' && isMod && !event.altKey && !event.shiftKey) {
    event.preventDefault();
    openPalette();
  } else if (event.key === '/' && !isMod && !event.altKey) onSlash(event);
}

/** `/` belongs to whoever is typing; a page's own search may take it first (`data-slash`). */
function onSlash(event: KeyboardEvent): void {
  const at = event.target instanceof HTMLElement ? event.target : undefined;
  if (at?.closest('input, textarea, select, [contenteditable="true"], .editor')) return;
  event.preventDefault();
  const search = document.querySelector<HTMLInputElement>('[data-slash]');
  if (search) search.focus();
  else openPalette();
}
