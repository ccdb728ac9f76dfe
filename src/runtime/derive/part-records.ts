/** Records of one part of a first answer (`first-parts.ts`): what has to be run again when it is stopped. */
export const PART_RECORDS_MAX = 100_000;
