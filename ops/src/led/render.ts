// ops/src/led/render.ts: what a device said to a wish for its LED.
import type { Paint } from '../shell/paint.ts'
import { printable } from '../shell/table.ts'
import type { LedStatus } from '../status/device-status.ts'
import type { LedAnswer } from './set-led.ts'

export function renderAnswer({ serial, wishedHz, outcome, led }: LedAnswer, paint: Paint): string {
  switch (outcome) {
    case 'applied':
      return `${paint('green', 'applied:')} the LED of ${serial} blinks at ${wishedHz} Hz${led?.on === false ? ', when it is switched on (its button does that)' : ''}`
    case 'refused':
      return `${paint('red', 'refused:')} ${serial} does not take ${wishedHz} Hz: ${printable(led?.refused ?? 'it gave no reason')}; it stays at ${led?.frequencyHz ?? '?'} Hz`
    case 'waiting':
      return `${paint('yellow', 'recorded:')} ${serial} has not answered yet; it takes ${wishedHz} Hz as soon as it is connected and its LED component runs (fleet status ${serial})`
  }
}

export const renderLed = (serial: string, led: LedStatus | undefined): string =>
  led === undefined
    ? `The LED of ${serial} has reported nothing yet (fleet status ${serial}).`
    : `The LED of ${serial} is ${led.on ? 'on' : 'off'}, at ${led.frequencyHz} Hz${led.wishedHz === undefined ? '' : `; ${led.wishedHz} Hz is wished${led.refused === undefined ? '' : ` and refused: ${printable(led.refused)}`}`}`
