// packages/device-runtime/src/gpio/line-loss.ts: remembers that a GPIO line was lost while it was in use, and tells whoever has to know.
import { FleetError } from '@fleet/contract/errors'
import { abortable } from '../abort.ts'

export interface LineLoss {
  readonly lose: (why: string) => void
  readonly throwIfLost: () => void
  /** Calls `listener` when the line is lost, at once if it is; answers how to forget it. */
  readonly onLost: (listener: (error: FleetError) => void) => () => void
  /** Ends with the signal, rejects when the line is lost. */
  readonly watch: (signal: AbortSignal) => Promise<void>
}

export function lineLoss(line: number): LineLoss {
  let lost: FleetError | undefined
  const listeners = new Set<(error: FleetError) => void>()
  const onLost = (listener: (error: FleetError) => void) => {
    if (lost !== undefined) listener(lost)
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  return {
    onLost,
    lose(why) {
      if (lost !== undefined) return
      lost = lineError(line, why)
      for (const listener of listeners) listener(lost)
    },
    throwIfLost() {
      if (lost !== undefined) throw lost
    },
    watch: (signal) => abortable<never>(signal, (_resolve, reject) => onLost(reject)),
  }
}

const lineError = (line: number, why: string) =>
  new FleetError('GPIO_LINE_UNAVAILABLE', `GPIO line ${line}: ${why}`, 'See docs/wiring.md; on the device `gpioinfo` tells who else holds the line.')
