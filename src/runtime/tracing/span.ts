/** One piece of work of a trace, as the protocol of OpenTelemetry (OTLP) tells it. */
export type SpanKind = 'internal' | 'server';
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Where a span belongs: 16 and 8 bytes in lower-case hex, as W3C Trace Context writes them. */
export interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
}

export interface FinishedSpan extends SpanContext {
  readonly parentId: string | undefined;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Attributes;
  /** Why it failed; undefined when it did not. */
  readonly error: string | undefined;
}

const TRACE_PARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const ZEROS = /^0+$/;

/** The caller's span of a `traceparent` header, and whether the caller records it; undefined when there is none. */
export function parseTraceParent(
  header: string | undefined,
): { readonly parent: SpanContext; readonly sampled: boolean } | undefined {
  const [, traceId = '', spanId = '', flags = ''] = TRACE_PARENT.exec(header ?? '') ?? [];
  if (traceId === '' || ZEROS.test(traceId) || ZEROS.test(spanId) || header?.startsWith('ff'))
    return undefined;
  return { parent: { traceId, spanId }, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The body of a request to `/v1/traces`. Nanoseconds are texts, as the JSON form of the protocol has all 64-bit numbers. */
export function otlpBody(spans: readonly FinishedSpan[], service: string, version: string): string {
  const resource = {
    attributes: attributeList({ 'service.name': service, 'service.version': version }),
  };
  const scopeSpans = [{ scope: { name: 'wharf', version }, spans: spans.map(otlpSpan) }];
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] });
}

const STATUS_ERROR = 2;

function otlpSpan({
  traceId,
  spanId,
  parentId,
  name,
  kind,
  startMs,
  endMs,
  attributes,
  error,
}: FinishedSpan) {
  return {
    traceId,
    spanId,
    ...(parentId === undefined ? {} : { parentSpanId: parentId }),
    name,
    kind: kind === 'server' ? 2 : 1,
    startTimeUnixNano: nanos(startMs),
    endTimeUnixNano: nanos(endMs),
    attributes: attributeList(attributes),
    status: error === undefined ? {} : { code: STATUS_ERROR, message: error },
  };
}

function nanos(ms: number): string {
  return String(BigInt(Math.round(ms * 1_000)) * 1_000n);
}

function attributeList(attributes: Attributes) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: otlpValue(value) }));
}

function otlpValue(value: string | number | boolean) {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
