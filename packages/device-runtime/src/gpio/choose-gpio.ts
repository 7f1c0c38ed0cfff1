// packages/device-runtime/src/gpio/choose-gpio.ts: chooses the adapter by what is at the path: a chip's device node, or the socket of a simulated board.
import { realpath, stat } from 'node:fs/promises'
import { FleetError } from '@fleet/contract/errors'
import type { Clock } from '../clock.ts'
import { boardSocket } from './board-socket.ts'
import type { Gpio } from './gpio.ts'
import { libgpiod } from './libgpiod.ts'

export interface GpioPlace {
  /** FLEET_GPIO, undefined when the component was given none. */
  readonly path: string | undefined
  readonly clock: Clock
  readonly env: NodeJS.ProcessEnv
}

export async function chooseGpio({ path, clock, env }: GpioPlace): Promise<Gpio> {
  if (path === undefined) throw unavailable('FLEET_GPIO is not set')
  const node = await stat(path).catch((cause: unknown) => {
    throw unavailable(`${path} is not there`, cause)
  })
  if (node.isSocket()) return boardSocket(await realpath(path), clock) // the path of a socket is limited to some 100 bytes, a symlink's is not
  if (node.isCharacterDevice()) return libgpiod(env)
  throw unavailable(`${path} is neither a character device nor a socket`)
}

const unavailable = (what: string, cause?: unknown) =>
  new FleetError('GPIO_UNAVAILABLE', what, 'The recipe hands the chip to the container: --device and FLEET_GPIO must name the same path.', { cause })
