import { didYouMean } from '../../base/suggest.ts';
import type { QueryParameters } from './query-parameters.ts';
import type { RequestProblems } from './request-problems.ts';

/** The values of parameters that may each stand once; any other name is a problem. */
export function onceParameters<T extends string>(
  parameters: QueryParameters,
  known: readonly T[],
  problems: RequestProblems,
): Partial<Record<T, string>> {
  const values: Partial<Record<T, string>> = {};
  for (const [name, value] of parameters) {
    const parameter = known.find((k) => k === name);
    if (parameter === undefined) problems.add(unknownParameter(name, known));
    else if (values[parameter] !== undefined) problems.add(repeatedParameter(name));
    else values[parameter] = value;
  }
  return values;
}

export function repeatedParameter(parameter: string) {
  return {
    code: 'PARAMETER_REPEATED',
    parameter,
    detail: `The parameter "${parameter}" stands more than once.`,
  } as const;
}

function unknownParameter(parameter: string, known: readonly string[]) {
  const near = didYouMean(parameter, known);
  const list = known.length === 0 ? 'This path has no parameters.' : `There are: ${known.join(', ')}.`;
  return {
    code: 'PARAMETER_UNKNOWN',
    parameter,
    detail: `The parameter "${parameter}" is not known here.`,
    hint: near || list,
  } as const;
}
