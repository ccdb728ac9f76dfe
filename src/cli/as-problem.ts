import { WharfError } from '../base/errors.ts';

/** The error that a problem document stands for. */
export async function asProblem(response: Response): Promise<WharfError> {
  const text = await response.text();
  try {
    const { detail, code, hint, title: _title, type: _type, status: _status, ...details } = JSON.parse(text);
    return new WharfError(code ?? 'INTERNAL', detail ?? `The server answered ${response.status}.`, {
      hint,
      details,
    });
  } catch (cause) {
    return new WharfError('INTERNAL', `The server answered ${response.status}: ${text.slice(0, 200)}`, {
      cause,
    });
  }
}
