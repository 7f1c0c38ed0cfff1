// sandbox/src/site/first-boot-unit.ts: fleet-first-boot.service of a simulated Pi: runs the image's own script until the device has joined.
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { PI_STATES, type Patience, type PiState, type Stand } from './messages.ts'
import { runScript, type Script } from './script.ts'

const FIRST_BOOT = fileURLToPath(new URL('../../../os-image/first-boot/first-boot.sh', import.meta.url))
const RESTART_MS = 30_000 // RestartSec of the unit

export interface FirstBoot {
  readonly environment: Readonly<Record<string, string>>
  readonly patience: Patience
  readonly systemd: Script['systemd']
  readonly onStand: (stand: Pick<Stand, 'state' | 'what'>) => void
  readonly onLine: (line: string) => void
}

/** Resolves when the device has joined or the signal aborts. */
export async function firstBoot({ environment, patience, systemd, onStand, onLine }: FirstBoot, signal: AbortSignal): Promise<void> {
  const hear = (line: string) => {
    onLine(line)
    const stand = readStatus(line)
    if (stand !== undefined) onStand(stand)
  }
  const script = { path: FIRST_BOOT, environment: { ...environment, ...patienceVariables(patience) }, systemd, onLine: hear }
  const restartMs = Math.min(RESTART_MS, patience.mostMs ?? RESTART_MS)
  while (!signal.aborted && (await runScript(script, signal)) !== 0) {
    await after(restartMs, undefined, { signal }).catch(() => undefined) // aborted: the loop ends
  }
}

/** A line of `status` (environment.sh): `state: what happened, and what to do`. */
export function readStatus(line: string): Pick<Stand, 'state' | 'what'> | undefined {
  const [, word, what] = /^([a-z-]+): (.*)$/.exec(line) ?? []
  const state = PI_STATES.find((known): known is PiState => known === word)
  return state === undefined || what === undefined ? undefined : { state, what }
}

function patienceVariables({ firstMs, mostMs, offlineMostMs, attemptMs, pollMs }: Patience): Record<string, string> {
  const variables = { FLEET_RETRY_FIRST_MS: firstMs, FLEET_RETRY_MOST_MS: mostMs, FLEET_OFFLINE_MOST_MS: offlineMostMs, FLEET_ATTEMPT_MS: attemptMs, FLEET_POLL_MS: pollMs }
  return Object.fromEntries(Object.entries(variables).flatMap(([name, ms]) => (ms === undefined ? [] : [[name, String(ms)]])))
}
