// packages/device-runtime/src/gpio/header-chip.ts: finds the GPIO chip of the 40-pin header by its label: its number differs between boards and kernels.
import { execFile } from 'node:child_process'
import { FleetError } from '@fleet/contract/errors'
import { HEADER_CHIP_LABELS } from '@fleet/contract/wiring'

/** The chip's name, as `gpiochip0`, for the `--chip` of the other tools. */
export async function headerChip(env: NodeJS.ProcessEnv): Promise<string> {
  const seen = chipsOf(await detect(env))
  const found = seen.find(({ label }) => isHeader(label))
  if (found !== undefined) return found.name
  const list = seen.map(({ name, label }) => `${name} [${label}]`).join(', ')
  throw new FleetError(
    'GPIO_UNAVAILABLE',
    `no GPIO chip with the label ${HEADER_CHIP_LABELS.join(', ')}; there is ${list || 'none'}`,
    'Give the container the device of the header: the recipe finds it, and `gpiodetect` on the device lists all.',
  )
}

const isHeader = (label: string) => HEADER_CHIP_LABELS.some((known) => known === label)

/** Lines of gpiodetect: `gpiochip0 [pinctrl-bcm2711] (58 lines)`. */
function chipsOf(output: string): { name: string; label: string }[] {
  return output.split('\n').flatMap((text) => {
    const [, name, label] = /^(\S+) \[(.*)\] \(\d+ lines\)$/.exec(text) ?? []
    return name === undefined || label === undefined ? [] : [{ name, label }]
  })
}

function detect(env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('gpiodetect', { env }, (error, output) => {
      const missing = error !== null && error.code === 'ENOENT'
      if (missing) reject(new FleetError('GPIO_UNAVAILABLE', 'gpiodetect is not installed', 'Install the package gpiod, version 2 (Debian trixie).', { cause: error }))
      else resolve(output) // it also fails when one chip of several may not be read; what it printed counts
    })
  })
}
