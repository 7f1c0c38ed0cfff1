// sandbox/src/site/identity-unit.ts: fleet-identity.path and .service of a simulated Pi: runs the image's own script when the rotator wishes something.
import { watch } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onCard } from './card.ts'
import type { Patience } from './messages.ts'
import { runScript, type Script } from './script.ts'

const SCRIPT = fileURLToPath(new URL('../../../os-image/identity/fleet-identity.sh', import.meta.url))
const RESTART_MS = 30_000 // RestartSec of the unit
const WISH = 'wish'

export interface IdentityUnit {
  readonly card: string
  readonly environment: Readonly<Record<string, string>>
  readonly patience: Patience
  readonly systemd: Script['systemd']
  readonly onLine: (line: string) => void
}

/** Runs until the signal aborts: once at the start, for what a power cut has interrupted, then whenever the file of wishes changes. */
export async function identityUnit({ card, environment, patience, systemd, onLine }: IdentityUnit, signal: AbortSignal): Promise<void> {
  const rotator = join(card, onCard.exchange, 'rotator')
  await mkdir(rotator, { recursive: true }) // as tmpfiles.d does (fleet-identity.conf)
  const changed = bell()
  const watcher = watch(rotator, (_event, name) => name === WISH && changed.ring())
  signal.addEventListener('abort', () => (watcher.close(), changed.ring()), { once: true })
  const milliseconds = { FLEET_POLL_MS: patience.pollMs, FLEET_TRIAL_MS: patience.trialMs }
  const variables = Object.fromEntries(Object.entries(milliseconds).flatMap(([name, ms]) => (ms === undefined ? [] : [[name, String(ms)]])))
  const script = { path: SCRIPT, environment: { ...environment, ...variables }, systemd, onLine }
  while (!signal.aborted) {
    const isJoined = await access(join(card, onCard.firstBootDone)).then(() => true, () => false) // ConditionPathExists
    const code = isJoined ? await runScript(script, signal) : 0
    if (code === 0) await changed.rung()
    else await changed.rungWithin(Math.min(RESTART_MS, patience.mostMs ?? RESTART_MS))
  }
}

/** Rings are remembered: what changed while the script ran has it run again. */
function bell() {
  let next = Promise.withResolvers<void>()
  return {
    ring: () => next.resolve(),
    async rung() {
      await next.promise
      next = Promise.withResolvers()
    },
    async rungWithin(ms: number) {
      let timer: NodeJS.Timeout | undefined
      await Promise.race([next.promise, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))])
      clearTimeout(timer)
      next = Promise.withResolvers()
    },
  }
}
