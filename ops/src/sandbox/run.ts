// ops/src/sandbox/run.ts: `fleet sandbox …`.
import type { SandboxPi } from '@fleet/contract/sandbox-control'
import { parseSerialNumber, type SerialNumber } from '@fleet/contract/serial-number'
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { show, type Shell } from '../shell/shell.ts'
import { chosenSandbox } from '../target/choose-target.ts'
import { controlClient, type ControlClient } from './control-client.ts'
import { renderBadRelease, renderCorrupted, renderPi, renderPis, renderPressed, renderStarting } from './render.ts'

export interface PowerOptions {
  readonly new?: true
}

export async function runList({ shell }: Invocation<object>) {
  show(shell, { pis: await clientFor(shell).pis() }, renderPis)
  return EXIT.done
}

export const runPress = ({ shell }: Invocation<object>, given: string) => order(shell, given, (control, serial) => control.press(serial), renderPressed)
export const runUnplug = ({ shell }: Invocation<object>, given: string) => order(shell, given, (control, serial) => control.unplug(serial))
export const runPower = ({ shell, options }: Invocation<PowerOptions>, what: 'on' | 'off', given: string) =>
  order(shell, given, (control, serial) => control.power(serial, { on: what === 'on', ...(options.new === true && { new: true }) }), what === 'on' ? renderStarting : renderPi)
export const runNetwork = ({ shell }: Invocation<object>, what: 'cut' | 'restore', given: string) => order(shell, given, (control, serial) => control.network(serial, { cut: what === 'cut' }))

export const runHeat = ({ shell }: Invocation<object>, what: 'on' | 'off', given: string) => order(shell, given, (control, serial) => control.heat(serial, { hot: what === 'on' }))
export const runCorruptCard = ({ shell }: Invocation<object>, given: string) => order(shell, given, (control, serial) => control.corruptCard(serial), renderCorrupted)

export async function runBadRelease({ shell }: Invocation<object>) {
  show(shell, await clientFor(shell).badRelease(), renderBadRelease)
  return EXIT.done
}

/** Without a serial number it is the cloud's own clock, which is moved for good. */
export async function runClock({ shell }: Invocation<object>, byMs: number, given: string | undefined) {
  if (given !== undefined) return order(shell, given, (control, serial) => control.clock(serial, { skewMs: byMs }))
  show(shell, await clientFor(shell).cloudClock({ advanceMs: byMs }), ({ now }) => `It is ${now} in the cloud.`)
  return EXIT.done
}

async function order(shell: Shell, given: string, give: (control: ControlClient, serial: SerialNumber) => Promise<SandboxPi>, render = renderPi) {
  show(shell, await give(clientFor(shell), parseSerialNumber(given)), render)
  return EXIT.done
}

const clientFor = ({ environment }: Shell): ControlClient => controlClient(chosenSandbox({ environment }).endpoints.console)
