// components/led/src/blink.ts: what the LED's line shows: a square wave of the wished frequency while it is on.
import type { Drive } from '@fleet/device-runtime/gpio/gpio'
import type { LedState } from './led.ts'

export const shownBy = ({ on, frequencyHz }: LedState): Drive => (on ? { frequencyHz } : { level: 0 })

export const looksTheSame = (one: LedState, other: LedState): boolean => one.on === other.on && one.frequencyHz === other.frequencyHz
