// ops/src/doctor/examination.ts: runs checks one beside the other; what a check cannot do is a finding, too.
import type { ErrorCode, FleetError } from '@fleet/contract/errors'

export type Health = 'ok' | 'warning' | 'error' | 'skipped'

/** What a check says. A warning or an error has a remedy. */
export interface Verdict {
  readonly health: Health
  readonly what: string
  readonly remedy?: string
  readonly code?: ErrorCode
}

export interface Finding extends Verdict {
  /** `claim` */
  readonly check: string
}

export interface Check {
  readonly name: string
  /** Checks that must not have found an error: without credentials, nothing that asks the cloud says anything new. */
  readonly needs?: readonly string[]
  /** What it throws is told as an error. */
  readonly examine: () => Promise<Verdict>
}

export const ok = (what: string): Verdict => ({ health: 'ok', what })
export const warning = (what: string, remedy: string): Verdict => ({ health: 'warning', what, remedy })

/** In the order of the checks; each waits only for what it needs. */
export function examined(checks: readonly Check[], explain: (error: unknown) => FleetError): Promise<Finding[]> {
  const under = new Map<string, Promise<Finding>>()
  for (const check of checks) {
    const needed = (check.needs ?? []).flatMap((name) => under.get(name) ?? [])
    under.set(check.name, Promise.all(needed).then((findings) => found(check, findings, explain)))
  }
  return Promise.all(under.values())
}

async function found({ name: check, examine }: Check, needed: readonly Finding[], explain: (error: unknown) => FleetError): Promise<Finding> {
  const missing = needed.filter(({ health }) => health === 'error' || health === 'skipped').map((each) => each.check)
  if (missing.length > 0) return { check, health: 'skipped', what: `needs ${missing.join(', ')}` }
  try {
    return { check, ...(await examine()) }
  } catch (error) {
    const { code, message, remedy } = explain(error)
    return { check, health: 'error', what: message, remedy, code }
  }
}
