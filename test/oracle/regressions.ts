/** Seeds of cases that failed once. A change of the grammar makes other cases of them; the faults have tests of their own, too. */
export const REGRESSIONS: readonly number[] = [];
