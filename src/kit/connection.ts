/** What a connector sees of a connection of mesh.yaml, and how it comes by secrets. */
import { WharfError } from '../base/errors.ts';
import './errors.ts';

export interface NamedConnection {
  readonly name: string;
  readonly type: string;
  /** As the type's options, checked, defaults filled in. Secrets are references. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Puts the environment's values in the place of `${NAME}`. Throws REFERENCE_UNSET. The answer is a secret: never log it. */
export type Reveal = (text: string) => string;

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

export function revealFrom(environment: Readonly<Record<string, string | undefined>>): Reveal {
  return (text) =>
    text.replaceAll(REFERENCE, (reference, name: string) => {
      const value = environment[name];
      if (value !== undefined && value !== '') return value;
      throw new WharfError(
        'REFERENCE_UNSET',
        `The spec refers to "${reference}", and the environment has no "${name}".`,
        { hint: `Set it before starting: export ${name}=...` },
      );
    });
}
