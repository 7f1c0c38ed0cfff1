// packages/device-runtime/src/gpio/open-gpio.ts: the lines of the board, for a component that may never ask for one.
import type { GpioPlace } from './choose-gpio.ts'
import type { Gpio } from './gpio.ts'

/** Looks when a line is opened: a component without GPIO needs no path, and does not load what speaks to tools and sockets. */
export function gpioAt(place: GpioPlace): Gpio {
  const gpio = async () => (await import('./choose-gpio.ts')).chooseGpio(place)
  return {
    openInput: async (line, options) => (await gpio()).openInput(line, options),
    openOutput: async (line) => (await gpio()).openOutput(line),
  }
}
