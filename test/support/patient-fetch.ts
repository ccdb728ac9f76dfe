/** How long a refusal for now is taken for no more than that. */
const PATIENCE_MS = 300_000;
const WAIT_MS_MAX = 5_000;

/**
 * Asks again while the answer is 429 or 503 with `Retry-After`: on a busy machine that is how a server says that it is at a limit, and no
 * finding. Every other answer is given as it is.
 */
export async function patientFetch(url: string, init?: RequestInit): Promise<Response> {
  for (const deadline = Date.now() + PATIENCE_MS; ; ) {
    const response = await fetch(url, init);
    const after = response.headers.get('Retry-After');
    const isForNow = (response.status === 429 || response.status === 503) && after !== null;
    if (!isForNow || Date.now() > deadline) return response;
    await response.body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, Math.min(Number(after) * 1_000, WAIT_MS_MAX)));
  }
}
