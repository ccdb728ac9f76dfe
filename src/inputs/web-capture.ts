import type { CaptureBatch, CaptureContext } from '../kit/input.ts';
import { WebClient } from '../kit/web/web-client.ts';
import { type WebTarget, webTarget } from '../kit/web/web-target.ts';

/** What is asked, and the client to ask it with. */
export interface WebCapture {
  readonly context: CaptureContext;
  readonly target: WebTarget;
  readonly client: WebClient;
}

/** A capture with a client of its own, which is closed with it. It ends quietly when it is told to stop; all else is thrown on. */
export async function* captureFromWeb(
  context: CaptureContext,
  asked: Pick<Parameters<typeof webTarget>[0], 'url' | 'headers'>,
  follow: (capture: WebCapture) => AsyncGenerator<CaptureBatch>,
): AsyncGenerator<CaptureBatch> {
  const target = webTarget({ ...context, ...asked });
  const client = new WebClient({ privateOrigin: target.privateOrigin });
  try {
    yield* follow({ context, target, client });
  } catch (thrown) {
    if (!context.signal.aborted) throw thrown;
  } finally {
    client.close();
  }
}
