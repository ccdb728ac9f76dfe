import { createHash } from 'node:crypto';
import { type RejectStage, type RejectStatus, rejectsProduct } from '../../catalog/system/rejects.ts';
import type { Append } from '../../journal/journal.ts';
import { DOCUMENT_TEXT_MAX, type Reason } from '../../schema/slice.ts';
import { builtInAppend } from '../catalog/built-in-append.ts';

/** One reject, as `system.rejects` holds it. */
export interface RejectRecord {
  readonly id: string;
  readonly product: string;
  readonly input: string;
  readonly dataset: string;
  readonly stage: RejectStage;
  readonly status: RejectStatus;
  readonly file: string;
  readonly line: number;
  readonly document: string;
  readonly cut: boolean;
  readonly reasons: readonly Reason[];
  readonly correction: string | null;
}

export type NewReject = Omit<RejectRecord, 'id' | 'status' | 'cut' | 'correction'>;

/** The same text at the same place is the same reject, however often it is read. */
export function openReject(reject: NewReject): RejectRecord {
  const identity = [
    reject.product,
    reject.input,
    reject.stage,
    reject.file,
    String(reject.line),
    reject.document,
  ];
  const id = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 16);
  return {
    ...reject,
    id,
    status: 'open',
    cut: reject.document.length >= DOCUMENT_TEXT_MAX,
    correction: null,
  };
}

/** The rejects as records of their own journal, to be committed together with what they were found in. */
export function rejectsAppend(rejects: readonly RejectRecord[]): Append {
  return builtInAppend(rejectsProduct, rejects.map(wellFormed));
}

/** Rejected text may hold what no text column can: NUL and lone surrogates are shown as U+FFFD. */
function wellFormed(reject: RejectRecord): RejectRecord {
  const clean = (text: string) => text.toWellFormed().replaceAll('\u0000', '\uFFFD');
  return {
    ...reject,
    file: clean(reject.file),
    document: clean(reject.document),
    correction: reject.correction === null ? null : clean(reject.correction),
    reasons: reject.reasons.map((r) => ({
      code: r.code,
      pointer: clean(r.pointer),
      message: clean(r.message),
    })),
  };
}
