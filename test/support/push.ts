export interface PushAnswer {
  readonly status: number;
  readonly accepted?: number;
  readonly position?: number;
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
}

/** Pushes documents to the input `source` of `test.items` (or of another product), and says what came back. */
export async function push(
  url: string,
  documents: readonly unknown[],
  product = 'test.items',
): Promise<PushAnswer> {
  const response = await fetch(`${url}/p/${product}/v1/inputs/source`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(documents),
  });
  return { ...((await response.json()) as object), status: response.status };
}
