// ops/src/status/run.ts: `fleet status`.
import { parseSerialNumber } from '@fleet/contract/serial-number'
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { show } from '../shell/shell.ts'
import { fleetStatus, oneDeviceStatus } from './fleet-status.ts'
import { renderDevice, renderFleet } from './render.ts'

export interface StatusOptions {
  readonly brief?: true
}

export async function runStatus({ shell, options, target }: Invocation<StatusOptions>, given: string | undefined) {
  const serial = given === undefined ? undefined : parseSerialNumber(given)
  const { now, progress } = shell
  if (serial !== undefined) {
    show(shell, await oneDeviceStatus(target(), serial, { now }), (device, paint) => renderDevice(device, now(), paint))
    return EXIT.done
  }
  const onDevice = (done: number, of: number) => progress.show(`${done} of ${of} devices asked`)
  show(shell, await fleetStatus(target(), { brief: options.brief === true, now, onDevice }), renderFleet)
  return EXIT.done
}
