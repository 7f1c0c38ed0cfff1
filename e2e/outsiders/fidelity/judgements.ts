// e2e/outsiders/fidelity/judgements.ts: what each suite has judged, as it was recorded at its last run.

export interface Judgement {
  readonly suite: string
  /** Name in docs/FIDELITY.md. */
  readonly judge: string
  /** Operations that were answered with success, by model (`iot`). */
  readonly operations: Readonly<Record<string, readonly string[]>>
  /** What else was seen to work: area → what. */
  readonly areas: Readonly<Record<string, readonly string[]>>
}
