/** Small things that many pages show. */
import { type ReactNode, useEffect, useState } from 'react';
import type { Health } from '../../../src/runtime/product-status.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'none';

export function Dot({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return <span className={`dot ${tone}`}>{children}</span>;
}

export function Tag({ tone = '', children }: { readonly tone?: string; readonly children: ReactNode }) {
  return <span className={`tag ${tone}`}>{children}</span>;
}

const HEALTH: Readonly<Record<Health, readonly [Tone, string]>> = {
  ok: ['good', 'up to date'],
  busy: ['warn', 'reading'],
  failing: ['bad', 'needs attention'],
};

export function HealthDot({ health, heldAt }: { readonly health: Health; readonly heldAt?: number | null }) {
  if (heldAt !== null && heldAt !== undefined) return <Dot tone="bad">held back</Dot>;
  const [tone, words] = HEALTH[health];
  return <Dot tone={tone}>{words}</Dot>;
}

const COPIED_MS = 1_600;

export function CopyButton({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <button type="button" className="button" onClick={() => void copy()} aria-live="polite">
      {copied ? 'Copied' : label}
    </button>
  );
}

export function Code({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className="code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section tabIndex={0} aria-label={label}>
        <pre>{text}</pre>
      </section>
      <CopyButton text={text} />
    </div>
  );
}

export function Meter({
  share,
  tone = 'none',
  label,
}: {
  readonly share: number;
  readonly tone?: Tone;
  readonly label: string;
}) {
  const percent = Math.max(0, Math.min(1, share)) * 100;
  return (
    <span className={`meter ${tone}`} role="img" aria-label={label}>
      <span style={{ width: `${percent}%` }} />
    </span>
  );
}
