/**
 * Where random tests begin. The same each time, so that a failure is somebody's change and not the day's; `WHARF_SEED` draws others, which
 * is how new cases are looked for: a loop over seeds, not a lucky run.
 */
export const SEED = Number(process.env.WHARF_SEED ?? 20_261_121);
