// ops/src/led/set-led.ts: wishes a frequency of a device's LED, by its shadow, and waits for the device's answer.
import { setTimeout as after } from 'node:timers/promises'
import { IoTClient } from '@aws-sdk/client-iot'
import { IoTDataPlaneClient, UpdateThingShadowCommand } from '@aws-sdk/client-iot-data-plane'
import { LedDesired } from '@fleet/contract/led'
import type { SerialNumber } from '@fleet/contract/serial-number'
import { shadows } from '@fleet/contract/topics'
import { assertAccount } from '../aws/account-check.ts'
import { explaining } from '../aws/aws-failure.ts'
import { clientConfig, named } from '../aws/client-config.ts'
import { paceFor } from '../aws/pace.ts'
import { fleetThing, unknownDevice } from '../status/fleet-status.ts'
import { ledShadow, ledStatus, type ShadowReader } from '../status/shadow-documents.ts'
import type { LedStatus } from '../status/device-status.ts'
import type { Target } from '../target/target.ts'

export interface LedRequest {
  readonly serial: SerialNumber
  readonly frequencyHz: number
  readonly waitMs: number
  readonly signal?: AbortSignal
}

/** `waiting`: the wish is recorded, the device has not answered in time; it takes it when it hears of it. */
export interface LedAnswer {
  readonly serial: string
  readonly wishedHz: number
  readonly outcome: 'applied' | 'refused' | 'waiting'
  readonly led?: LedStatus
}

/** Costs two calls, and one every half second while it waits. @throws FleetError DEVICE_UNKNOWN */
export const setLed = (target: Target, { serial, frequencyHz, waitMs, signal }: LedRequest): Promise<LedAnswer> =>
  explaining(target, async () => {
    const reader = await readerFor(serial, target)
    await assertAccount(target)
    const payload = JSON.stringify({ state: { desired: LedDesired.parse({ frequencyHz }) } })
    await reader.iotData.send(new UpdateThingShadowCommand({ thingName: serial, shadowName: shadows.led.name, payload: Buffer.from(payload) }))
    return { serial, wishedHz: frequencyHz, ...(await answer(serial, frequencyHz, { reader, waitMs, signal })) }
  })

/** undefined when the component has not reported yet. @throws FleetError DEVICE_UNKNOWN */
export const readLed = (target: Target, serial: SerialNumber): Promise<LedStatus | undefined> =>
  explaining(target, async () => {
    const reported = await ledShadow(serial, await readerFor(serial, target))
    return reported && ledStatus(reported)
  })

/** A shadow can be written for a thing that is not there, so it is looked for first. */
async function readerFor(serial: SerialNumber, target: Target): Promise<ShadowReader> {
  if (!(await fleetThing(serial, named(new IoTClient(clientConfig(target))), target))) throw unknownDevice(serial, target)
  return { iotData: named(new IoTDataPlaneClient(clientConfig(target))), pace: paceFor(target) }
}

const ASK_EVERY_MS = 500

interface Wait {
  readonly reader: ShadowReader
  readonly waitMs: number
  readonly signal: AbortSignal | undefined
}

/** A device that has applied the wish, now or before, reports it; one that refuses it says so, for this very wish. */
async function answer(serial: string, frequencyHz: number, { reader, waitMs, signal }: Wait): Promise<Pick<LedAnswer, 'outcome' | 'led'>> {
  const until = performance.now() + waitMs
  for (;;) {
    const reported = await ledShadow(serial, reader)
    const led = reported && { led: ledStatus(reported) }
    if (reported?.value.frequencyHz === frequencyHz) return { outcome: 'applied', ...led }
    if (reported?.value.refused?.frequencyHz === frequencyHz) return { outcome: 'refused', ...led }
    if (performance.now() >= until) return { outcome: 'waiting', ...led }
    await after(Math.min(ASK_EVERY_MS, Math.max(0, until - performance.now())), undefined, signal && { signal }).catch(() => signal?.throwIfAborted())
  }
}
