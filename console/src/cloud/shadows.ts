// console/src/cloud/shadows.ts: a device's named shadows: read, and changed by a wish.
import { GetThingShadowCommand, IoTDataPlaneClient, UpdateThingShadowCommand } from '@aws-sdk/client-iot-data-plane'
import { shadows } from '@fleet/contract/topics'
import * as z from 'zod'
import type { Cloud } from './clients.ts'
import { onePerCloud } from './one-per-cloud.ts'

const State = z.record(z.string(), z.unknown())
/** A shadow as it is read, and as `update/accepted` tells a change of it. */
export const ShadowDocument = z.object({ state: z.object({ desired: State.nullish(), reported: State.nullish() }), version: z.number().optional() })
export type ShadowDocument = z.infer<typeof ShadowDocument>

export const SHADOW_NAMES = Object.values(shadows).map(({ name }) => name)

const clientOf = onePerCloud(({ config, session: { settings: { iotEndpoint, sandbox } } }) => new IoTDataPlaneClient({ ...config, endpoint: sandbox?.gateway ?? `https://${iotEndpoint}` }))

/** Undefined when there is none yet. */
export async function shadowOf(cloud: Cloud, serial: string, name: string): Promise<ShadowDocument | undefined> {
  try {
    const { payload } = await clientOf(cloud).send(new GetThingShadowCommand({ thingName: serial, shadowName: name }))
    return ShadowDocument.parse(JSON.parse(new TextDecoder().decode(payload)))
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined
    throw error
  }
}

/** `null` takes a key away. */
export async function wish(cloud: Cloud, { serial, name, desired }: { readonly serial: string; readonly name: string; readonly desired: Readonly<Record<string, unknown>> }): Promise<void> {
  const payload = new TextEncoder().encode(JSON.stringify({ state: { desired } }))
  await clientOf(cloud).send(new UpdateThingShadowCommand({ thingName: serial, shadowName: name, payload }))
}

export interface Rewriting {
  readonly serial: string
  readonly name: string
  /** As it was when somebody began to write; undefined: there was none. */
  readonly from: ShadowDocument | undefined
  readonly to: Readonly<Record<string, unknown>>
}

/** Reports of the device raise the version, too: only what somebody else has wished meanwhile is a conflict. */
const MOST_TRIES = 5

/** Keys that are left out are taken away. @throws WishedMeanwhile */
export async function rewriteWish(cloud: Cloud, { serial, name, from, to }: Rewriting): Promise<void> {
  const before = from?.state.desired ?? {}
  const gone = Object.fromEntries(Object.keys(before).filter((key) => !(key in to)).map((key) => [key, null]))
  let known = from
  for (let left = MOST_TRIES; ; left--) {
    const payload = new TextEncoder().encode(JSON.stringify({ state: { desired: { ...gone, ...to } }, ...(known?.version !== undefined && { version: known.version }) }))
    try {
      await clientOf(cloud).send(new UpdateThingShadowCommand({ thingName: serial, shadowName: name, payload }))
      return
    } catch (error) {
      if (left === 0 || !(error instanceof Error) || error.name !== 'ConflictException') throw error
    }
    known = await shadowOf(cloud, serial, name)
    if (JSON.stringify(known?.state.desired ?? {}) !== JSON.stringify(before)) throw new WishedMeanwhile()
  }
}

export class WishedMeanwhile extends Error {
  override readonly name = 'WishedMeanwhile'
  readonly code = 'WISHED_MEANWHILE'
  readonly what = 'Somebody else has wished something meanwhile; nothing was changed.'
  readonly remedy = 'Leave it, look at what is wished now, and write it anew.'
}

/** What a change does to the document that is known; keys that become null are gone. */
export function merged(known: ShadowDocument | undefined, change: ShadowDocument): ShadowDocument {
  const part = (which: 'desired' | 'reported') => withChange(known?.state[which] ?? {}, change.state[which] ?? {})
  return { version: change.version, state: { desired: change.state.desired === null ? {} : part('desired'), reported: change.state.reported === null ? {} : part('reported') } }
}

function withChange(before: Readonly<Record<string, unknown>>, change: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const after: Record<string, unknown> = { ...before }
  for (const [key, value] of Object.entries(change)) {
    if (value === null) Reflect.deleteProperty(after, key)
    else after[key] = isState(value) ? withChange(isState(after[key]) ? after[key] : {}, value) : value
  }
  return after
}

const isState = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
