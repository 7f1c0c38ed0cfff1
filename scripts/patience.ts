// scripts/patience.ts: how long a test waits for a state before it says that it never comes (ms).

/** Ends only what hangs, also on a machine with much else to do; less than `testTimeout`, so that the failure says what was waited for. */
export const PATIENCE_MS = 120_000
