// packages/device-runtime/src/gpio/level-driver.ts: shows a level or a square wave on a line that can only be set to levels.
import { isAbortOf } from '../abort.ts'
import type { Clock } from '../clock.ts'
import type { Drive, Level } from './gpio.ts'
import type { LineLoss } from './line-loss.ts'
import { makeWave } from './square-wave.ts'

export interface LevelDriver {
  readonly drive: (drive: Drive) => Promise<void>
  readonly stop: () => Promise<void>
}

export interface LevelDriverOptions {
  readonly clock: Clock
  readonly loss: LineLoss
  readonly set: (level: Level) => void
}

export function levelDriver({ clock, loss, set }: LevelDriverOptions): LevelDriver {
  let stop = async () => {}
  const begin = (frequencyHz: number) => {
    const over = new AbortController()
    const wave = makeWave(frequencyHz, { clock, set }, over.signal).catch((error: unknown) => {
      if (!isAbortOf(over.signal, error)) loss.lose(String(error))
    })
    return async () => {
      over.abort(new Error('driven otherwise'))
      await wave
    }
  }
  return {
    stop: () => stop(),
    async drive(drive) {
      await stop()
      loss.throwIfLost()
      stop = async () => {}
      if ('level' in drive) set(drive.level)
      else stop = begin(drive.frequencyHz)
    },
  }
}
