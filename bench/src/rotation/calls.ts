// bench/src/rotation/calls.ts: what one rotation may cost.

/** Calls of AWS APIs for one rotation, from the job to the end. */
export const MOST_CALLS = 12
