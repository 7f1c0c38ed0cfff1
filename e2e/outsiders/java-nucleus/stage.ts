// e2e/outsiders/java-nucleus/stage.ts: what each story of the real nucleus is told on: a sandbox whose Pis run it, and an operator's hands.
import { setTimeout as sleep } from 'node:timers/promises'
import type { SandboxPi } from '@fleet/contract/sandbox-control'
import type { SerialNumber } from '@fleet/contract/serial-number'
import type { RunningSandbox } from '../../running-sandbox.ts'
import type { Trial } from '../suite.ts'

export interface Stage {
  readonly trial: Trial
  readonly sandbox: RunningSandbox
  /** On the allowlist, and running when the stories begin. */
  readonly listed: SerialNumber
  /** Resolves with the Pi when it is so. @throws when that takes too long */
  readonly until: RunningSandbox['until']
}

/** Nothing here is about speed: a nucleus on a busy machine takes its time, and after a failed subscription it waits for two minutes. */
export const PATIENCE_MS = 300_000

/** Asks again until it is so. @throws with the last answer when that takes too long */
export async function eventually<Answer>(ask: () => Promise<Answer>, holds: (answer: Answer) => boolean, { withinMs = PATIENCE_MS, signal }: { readonly withinMs?: number; readonly signal: AbortSignal }): Promise<Answer> {
  const endsMs = performance.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (holds(answer)) return answer
    if (performance.now() > endsMs) throw new Error(`it is still so after ${withinMs / 1000} s: ${JSON.stringify(answer, null, 1)}`)
    await sleep(300, undefined, { signal })
  }
}

/** The state of a component, as a person at the Pi sees it. */
export const stateOf = ({ stand }: SandboxPi, component: string, version?: string) => stand.components.find((each) => each.name === component && (version === undefined || each.version === version))?.state
