// ops/src/status/shadow-documents.ts: reads the shadows of a device: what its components reported, and what they have not applied.
import { GetThingShadowCommand, ResourceNotFoundException, type IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { ButtonReported } from '@fleet/contract/button'
import { LedReported } from '@fleet/contract/led'
import { OsUpdateReported } from '@fleet/contract/os-update'
import { shadows } from '@fleet/contract/topics'
import * as z from 'zod'
import type { Pace } from '../aws/pace.ts'
import type { LedStatus, OsUpdateStatus } from './device-status.ts'

/** AWS IoT guide, «Device Shadow service documents»: seconds since the epoch. */
const Timestamped = z.record(z.string(), z.unknown())
const ShadowDocument = z.object({
  state: z.object({ desired: z.record(z.string(), z.unknown()).optional(), reported: z.unknown().optional() }),
  metadata: z.object({ reported: Timestamped.optional() }).optional(),
  version: z.number(),
})

export interface ShadowReader {
  readonly iotData: IoTDataPlaneClient
  readonly pace: Pace
}

export interface Reported<T> {
  readonly value: T
  readonly desired: Readonly<Record<string, unknown>>
  /** When the newest of it was reported. */
  readonly at: Date | undefined
}

export const ledShadow = (serial: string, reader: ShadowReader) => reportedIn(serial, shadows.led.name, LedReported, reader)
export const osUpdateShadow = (serial: string, reader: ShadowReader) => reportedIn(serial, shadows.osUpdate.name, OsUpdateReported, reader)
export const buttonShadow = (serial: string, reader: ShadowReader) => reportedIn(serial, shadows.button.name, ButtonReported, reader)

/** undefined when the component has reported nothing, or what this version does not understand. */
async function reportedIn<T>(serial: string, shadowName: string, schema: z.ZodType<T>, { iotData, pace }: ShadowReader): Promise<Reported<T> | undefined> {
  const text = await pace('shadow', () => iotData.send(new GetThingShadowCommand({ thingName: serial, shadowName }))).then(
    ({ payload }) => Buffer.from(payload ?? []).toString('utf8'),
    (error: unknown) => {
      if (error instanceof ResourceNotFoundException) return undefined
      throw error
    },
  )
  if (text === undefined) return undefined
  const document = ShadowDocument.parse(JSON.parse(text))
  const value = schema.safeParse(document.state.reported)
  if (!value.success) return undefined
  return { value: value.data, desired: document.state.desired ?? {}, at: newest(document.metadata?.reported) }
}

/** The metadata mirrors the state: each leaf has its own timestamp. */
function newest(metadata: unknown): Date | undefined {
  const times = timestamps(metadata)
  return times.length > 0 ? new Date(Math.max(...times) * 1000) : undefined
}

function timestamps(node: unknown): number[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]) => (key === 'timestamp' && typeof value === 'number' ? [value] : timestamps(value)))
}

/** The LED as its shadow tells it. */
export function ledStatus({ value, desired }: Reported<LedReported>): LedStatus {
  const { frequencyHz, on, refused } = value
  const wishedHz = typeof desired['frequencyHz'] === 'number' && desired['frequencyHz'] !== frequencyHz ? desired['frequencyHz'] : undefined
  return { frequencyHz, on, ...(wishedHz !== undefined && { wishedHz }), ...(refused && wishedHz !== undefined && { refused: refused.why }) }
}

/** The update of the operating system as its shadow tells it, without what only the events need. */
export function osUpdateStatus({ value }: Reported<OsUpdateReported>): OsUpdateStatus {
  const { sequence: _, lostEvents: __, ...status } = value
  return status
}
