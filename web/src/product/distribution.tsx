import type { FieldProfile } from '../api/documents.ts';
import { count, exactNumber, share } from '../base/format.ts';

const WIDTH = 148;
const HEIGHT = 26;
/** Characters of a bound; a longer number is rounded. */
const LONG = 8;

/** A field's values as bars, said in words for those who do not see them. */
export function Distribution({ field, rows }: { readonly field: FieldProfile; readonly rows: number }) {
  const { histogram, top, min, max, distinct } = field;
  if (histogram)
    return (
      <div className="spark">
        <Bars counts={histogram} label={`from ${min} to ${max}`} />
        <div className="spark-ends">
          <span>{ending(min)}</span>
          <span>{ending(max)}</span>
        </div>
      </div>
    );
  if (top)
    return (
      <div className="spark" title={top.map(({ value, count: n }) => `${value}: ${count(n)}`).join('\n')}>
        <Bars counts={top.map(({ count: n }) => n)} label={`most often ${top[0]?.value}`} />
        <div className="spark-ends">
          <span className="cell">{top[0]?.value}</span>
          <span>{share((top[0]?.count ?? 0) / rows)}</span>
        </div>
      </div>
    );
  return <span className="spark soft small">{wordsFor(distinct, rows, min)}</span>;
}

function wordsFor(distinct: number | null, rows: number, min: string | null): string {
  if (distinct === null || rows === 0) return '';
  if (distinct === 1) return `always ${min}`;
  return distinct === rows ? 'all different' : '';
}

function Bars({ counts, label }: { readonly counts: readonly number[]; readonly label: string }) {
  const most = Math.max(...counts, 1);
  const width = WIDTH / counts.length;
  return (
    <svg
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Distribution, ${label}`}
    >
      {counts.map((n, i) => {
        const height = n === 0 ? 0 : Math.max(1.5, (n / most) * HEIGHT);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            key={i}
            x={i * width + 0.5}
            y={HEIGHT - height}
            width={Math.max(1, width - 1)}
            height={height}
          />
        );
      })}
    </svg>
  );
}

/** A bound, short enough for its place. */
function ending(text: string | null): string {
  if (text === null) return '';
  const day = /^\d{4}-\d\d-\d\d/.exec(text);
  if (day) return day[0];
  return exactNumber(text.length > LONG && /^-?\d+\.\d+$/.test(text) ? rounded(Number(text)) : text);
}

function rounded(value: number): string {
  return Math.abs(value) < 1_000 ? String(Number(value.toPrecision(4))) : String(Math.round(value));
}
