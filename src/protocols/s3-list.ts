/** The answer of ListObjectsV2 with `encoding-type=url`, as Amazon S3 and its kin give it. */
export interface S3Object {
  readonly key: string;
  readonly size: number;
  /** As the store writes it, quotes included; empty when it does not say. */
  readonly etag: string;
  readonly modifiedMs: number;
}

export interface S3List {
  readonly objects: readonly S3Object[];
  /** Where the next page of the list begins; undefined at the end. */
  readonly next: string | undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Undefined when the text is no such answer. */
export function readS3List(xml: string): S3List | undefined {
  if (!/<ListBucketResult[\s>]/.test(xml)) return undefined;
  const objects = [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, part = '']) => ({
    key: decodeURIComponent((valueIn(part, 'Key') ?? '').replaceAll('+', ' ')),
    size: Number(valueIn(part, 'Size') ?? 0),
    etag: valueIn(part, 'ETag') ?? '',
    modifiedMs: Date.parse(valueIn(part, 'LastModified') ?? '') || 0,
  }));
  const truncated = valueIn(xml, 'IsTruncated') === 'true';
  return { objects, next: truncated ? valueIn(xml, 'NextContinuationToken') : undefined };
}

function valueIn(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replaceAll(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, named) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    return hex ? String.fromCodePoint(Number.parseInt(hex, 16)) : (ENTITIES[named] ?? whole);
  });
}
