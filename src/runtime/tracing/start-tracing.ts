/** Traces by option: they are sent where the variables of OpenTelemetry say, and are off without them. */
import type { Clock } from '../../base/clock.ts';
import { WharfError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import '../errors.ts';
import { OtlpExporter } from './otlp-exporter.ts';
import { Tracer } from './tracer.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Tracing {
  readonly tracer: Tracer;
  stop(): Promise<void>;
}

/** Throws TRACING_INVALID. */
export function startTracing(environment: Environment, clock: Clock, log: Log): Tracing {
  const url = tracesUrl(environment);
  if (url === undefined) return { tracer: new Tracer(), stop: async () => undefined };
  const exporter = new OtlpExporter({
    url,
    headers: headersOf(environment.OTEL_EXPORTER_OTLP_HEADERS ?? ''),
    service: environment.OTEL_SERVICE_NAME || 'wharf',
    clock,
    log,
  });
  exporter.start();
  const share = shareOf(environment.OTEL_TRACES_SAMPLER_ARG || '1');
  const tracer = new Tracer({ sink: exporter, clock, share, random: systemRandom });
  return { tracer, stop: () => exporter.stop() };
}

function tracesUrl(environment: Environment): string | undefined {
  const own = environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const base = environment.OTEL_EXPORTER_OTLP_ENDPOINT;
  const url = own || (base ? `${base.replace(/\/+$/, '')}/v1/traces` : undefined);
  if (url === undefined || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) return url;
  throw new WharfError('TRACING_INVALID', `The address of the collector of traces is not a URL: "${url}".`, {
    hint: 'Set OTEL_EXPORTER_OTLP_ENDPOINT to one such as http://127.0.0.1:4318, or unset it.',
  });
}

/** `name=value,name=value`, values percent-encoded. They may be secrets, so no message shows them. */
function headersOf(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  try {
    return Object.fromEntries(
      pairs.map((pair) => {
        const at = pair.indexOf('=');
        if (at < 1) throw new Error('no name');
        return [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())];
      }),
    );
  } catch (cause) {
    throw new WharfError('TRACING_INVALID', 'OTEL_EXPORTER_OTLP_HEADERS cannot be read.', {
      hint: 'Write name=value, several with commas between, values percent-encoded.',
      cause,
    });
  }
}

function shareOf(text: string): number {
  const share = Number(text);
  if (share >= 0 && share <= 1) return share;
  throw new WharfError(
    'TRACING_INVALID',
    `OTEL_TRACES_SAMPLER_ARG is "${text}"; expected a share from 0 to 1.`,
    { hint: 'Leave it out to record all traces.' },
  );
}
