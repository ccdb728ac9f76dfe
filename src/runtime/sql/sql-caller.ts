import { ANYONE, type Principal, principalText } from '../../access/principal.ts';
import type { SqlPrincipal } from '../../kit/sql.ts';
import type { Asker } from '../access/asker.ts';

/** Of all who may see no more than anybody: they share what is kept and what runs. */
const ANYBODY = 'anyone';

/** Somebody who asks in SQL. Ports only pass it on. */
export class SqlCaller implements SqlPrincipal {
  readonly name: string;
  readonly access: string;
  readonly principal: Principal;
  readonly isValid: () => boolean;

  private constructor(name: string, asker: Asker) {
    const { principal } = asker;
    this.name = name;
    this.principal = principal;
    this.access = accessOf(principal);
    this.isValid = () => asker.isValid();
  }

  /** Somebody who is known already. */
  static of(asker: Asker): SqlCaller {
    return new SqlCaller(principalText(asker.principal), asker);
  }

  /** Nobody who is known: the name says who waits in which queue, and nothing more. */
  static unknown(name: string): SqlCaller {
    return new SqlCaller(name || ANYBODY, { principal: ANYONE, isValid: () => true });
  }
}

function accessOf(principal: Principal): string {
  if (principal.kind === 'anyone') return ANYBODY;
  const { kind, name, teams, attributes, scope } = principal;
  return JSON.stringify([kind, name, teams, attributes, scope ?? null]);
}

/** Who is told of what is read. What somebody calls themselves is no more than that: it stands for nobody who has shown a token. */
export function consumerOf(caller: SqlPrincipal): string {
  return principalText(askerOf(caller, undefined).principal);
}

/** As the decision takes it. */
export function askerOf(caller: SqlPrincipal, purpose: string | undefined): Asker {
  const principal = caller instanceof SqlCaller ? caller.principal : ANYONE;
  return { principal, purpose, isValid: () => caller.isValid?.() ?? true };
}
