// sandbox/src/site/nucleus-unit.ts: greengrass.service of a simulated Pi: starts the nucleus, and again when it ends by itself.
import type { RunningNucleus } from './nucleus-host.ts'
import type { Unit } from './systemd.ts'

export interface NucleusUnitOptions {
  readonly start: () => Promise<RunningNucleus>
  readonly onFailure: (error: unknown) => void
  /** It has ended and wants the Pi to be rebooted (its loader calls `reboot`). */
  readonly onReboot: () => void
  readonly restartMs?: number
}

const WANTS_REBOOT = 101
const RESTART_MS = 1000 // RestartSec is 10 s on a Pi, whose Java takes as long to start

export function nucleusUnit({ start, onFailure, onReboot, restartMs = RESTART_MS }: NucleusUnitOptions): Unit {
  let nucleus: RunningNucleus | undefined
  let isWanted = false
  let restart: NodeJS.Timeout | undefined
  let order: Promise<unknown> = Promise.resolve()

  /** One after another, in the order of the calls, whatever became of the one before. */
  const inOrder = (work: () => Promise<void>): Promise<void> => {
    const done = order.then(work)
    order = done.catch(() => undefined) // whoever asked hears of it
    return done
  }
  const begin = async () => {
    if (!isWanted || nucleus !== undefined) return
    const started = await start()
    nucleus = started
    started.ended.then(
      () => again(started, undefined),
      (error: unknown) => again(started, error),
    )
  }
  const again = (ended: RunningNucleus, error: unknown) => {
    if (nucleus !== ended) return
    nucleus = undefined
    if (ended.exitCode === WANTS_REBOOT) return onReboot()
    if (error !== undefined) onFailure(error)
    later()
  }
  const later = () => {
    restart = setTimeout(() => {
      inOrder(begin).catch((error: unknown) => {
        onFailure(error)
        later()
      })
    }, restartMs)
  }
  return {
    get isActive() {
      return nucleus !== undefined
    },
    start() {
      isWanted = true
      return inOrder(begin)
    },
    stop() {
      isWanted = false
      clearTimeout(restart)
      return inOrder(async () => {
        const running = nucleus
        nucleus = undefined
        await running?.stop()
      })
    },
  }
}
