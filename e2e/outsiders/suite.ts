// e2e/outsiders/suite.ts: what a suite is: software that nobody here wrote, and what it is asked to judge.
//
// How to add one: a folder `e2e/outsiders/<name>/` that exports a Suite, and one line in suites.ts. Then `npm run outsiders -- --only <name>`, and with
// `--record` once it passes: that writes down what it judged (fidelity/judgements/<name>.json) and prints docs/FIDELITY.md anew; commit both.
import type { Twin, TwinOptions } from './twin.ts'

export interface Suite {
  /** As in `npm run outsiders -- --only <name>`. */
  readonly name: string
  /** Who judges, as docs/FIDELITY.md names it: «boto3», «Greengrass nucleus». */
  readonly judge: string
  /**
   * The `user-agent` that the judge sends: the operations that the twin answered to it are those that this suite has judged. What the suite itself sets up
   * with an SDK does not count. Absent: it judges no HTTP API, only what it says by `judged`.
   */
  readonly userAgent?: RegExp
  /** Milliseconds; a suite that takes longer has failed. Default 120 000. */
  readonly withinMs?: number
  /** One line that says why this machine cannot run it, or undefined. May install what the suite needs into .cache/. */
  whyNot(): Promise<string | undefined>
  run(trial: Trial): Promise<void>
}

/** One run of one suite. */
export interface Trial {
  /** A temporary folder, removed afterwards. */
  readonly folder: string
  /** Aborted when its time is over: give it to whatever could hang (`runProgram(…, { signal })`). */
  readonly signal: AbortSignal
  /** A cloud of its own on free ports, ended after the suite; which operations it answered goes into docs/FIDELITY.md. */
  twin(options?: TwinOptions): Promise<Twin>
  /** Runs one check. A throw fails the suite, and the next check goes on. */
  check(what: string, body: () => void | Promise<void>): Promise<void>
  /** The same for a check that was made elsewhere (a Python program): `why` is what failed, if anything did. */
  checked(what: string, why?: string): void
  /** Something besides the operations of an API that this suite has judged: `judged('MQTT broker', 'last will')`. Called when it was seen to work. */
  judged(area: string, what: string): void
}
