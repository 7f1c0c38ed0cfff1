// components/led/src/led.ts: decides what the LED does after a press of the button or a wish of the cloud.
import { ButtonPressed } from '@fleet/contract/button'
import { FrequencyHz, LED_FREQUENCY_HZ, LedEvent, type LedReported } from '@fleet/contract/led'
import * as z from 'zod'

/** What survives restarts. `lastPress` is the number of the press that was obeyed last: a repeated message changes nothing. */
export const LedState = z.object({ on: z.boolean(), frequencyHz: FrequencyHz, lastPress: z.number().nullable() })
export type LedState = z.infer<typeof LedState>

/** A change that the cloud is told of; the outbox numbers it. */
export const LedChange = LedEvent.omit({ sequence: true })
export type LedChange = z.infer<typeof LedChange>

/** As it was made: blinking, so that anyone sees that the device works. */
export const NEW_LED: LedState = { on: true, frequencyHz: LED_FREQUENCY_HZ.initial, lastPress: null }

/** `refused` is a wish that cannot be met, until the wish changes. */
export interface Led {
  readonly state: LedState
  readonly refused: LedReported['refused']
}

export type Happening =
  | { readonly kind: 'pressed'; readonly press: ButtonPressed }
  | { readonly kind: 'wished'; readonly desired: Readonly<Record<string, unknown>> }

export function after(led: Led, happening: Happening): Led {
  if (happening.kind === 'wished') return 'frequencyHz' in happening.desired ? wished(led, happening.desired.frequencyHz) : led
  const { presses, on } = happening.press
  if (presses === led.state.lastPress) return led
  return { ...led, state: { ...led.state, on, lastPress: presses } }
}

function wished({ state }: Led, frequencyHz: unknown): Led {
  const wish = FrequencyHz.safeParse(frequencyHz)
  if (wish.success) return { state: { ...state, frequencyHz: wish.data }, refused: null }
  const { least, most } = LED_FREQUENCY_HZ
  return { state, refused: { frequencyHz: shortened(frequencyHz), why: `frequencyHz must be a number from ${least} to ${most} (Hz)` } }
}

const MOST_CHARACTERS = 100 // a shadow refuses documents of more than 8 KB or 6 levels

/** The wish as it was if it is a plain value, else as text, so that a report of it cannot be refused itself. */
function shortened(wish: unknown): unknown {
  const isPlain = typeof wish === 'number' || typeof wish === 'boolean'
  return isPlain ? wish : (typeof wish === 'string' ? wish : JSON.stringify(wish)).slice(0, MOST_CHARACTERS)
}
