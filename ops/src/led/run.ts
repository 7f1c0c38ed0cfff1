// ops/src/led/run.ts: `fleet led`.
import { parseSerialNumber } from '@fleet/contract/serial-number'
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { show } from '../shell/shell.ts'
import { renderAnswer, renderLed } from './render.ts'
import { readLed, setLed } from './set-led.ts'

export interface LedOptions {
  readonly frequency?: number
  readonly wait: number
}

const EXITS = { applied: EXIT.done, refused: EXIT.failed, waiting: EXIT.unconfirmed } as const

export async function runLed({ shell, options, target }: Invocation<LedOptions>, given: string) {
  const serial = parseSerialNumber(given)
  if (options.frequency === undefined) {
    show(shell, { serial, led: (await readLed(target(), serial)) ?? null }, ({ led }) => renderLed(serial, led ?? undefined))
    return EXIT.done
  }
  const where = target()
  shell.progress.show(`waiting for ${serial}, ${options.wait} s at most`)
  const answer = await setLed(where, { serial, frequencyHz: options.frequency, waitMs: options.wait * 1000, signal: shell.signal })
  show(shell, answer, renderAnswer)
  return EXITS[answer.outcome]
}
