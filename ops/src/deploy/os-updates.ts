// ops/src/deploy/os-updates.ts: how the update of the operating system that a deployment wishes stands on the devices that have taken it. The deployment itself ends before.
import type { ComponentDeploymentSpecification } from '@aws-sdk/client-greengrassv2'
import { componentName } from '@fleet/contract/names'
import type { OsUpdateReported } from '@fleet/contract/os-update'
import * as z from 'zod'
import { osUpdateShadow, type ShadowReader } from '../status/shadow-documents.ts'

export interface OsUpdates {
  readonly id: string
  readonly done: readonly string[]
  /** Repeat it by themselves. */
  readonly failed: readonly { readonly serial: string; readonly why: string }[]
  /** Have not begun, wait, or are at it. */
  readonly open: readonly string[]
  /** Of these: away, and back in a moment. */
  readonly rebooting: readonly string[]
}

const Merge = z.object({ id: z.string() })

/** The id of the update; undefined when the deployment wishes none. */
export function wishedUpdate(components: Record<string, ComponentDeploymentSpecification> = {}): string | undefined {
  const merge = components[componentName('os-update')]?.configurationUpdate?.merge
  const wish = Merge.safeParse(JSON.parse(merge ?? '{}'))
  return wish.success && wish.data.id !== '' ? wish.data.id : undefined
}

export type Standing = Pick<OsUpdateReported, 'id' | 'state' | 'why'>

/** What a device says of another update, or has not said yet, does not count. */
export function osUpdatesOf(id: string, serials: readonly string[], standings: ReadonlyMap<string, Standing>): OsUpdates {
  const own = (serial: string) => {
    const standing = standings.get(serial)
    return standing?.id === id ? standing : undefined
  }
  const are = (...states: readonly Standing['state'][]) => serials.filter((serial) => states.includes(own(serial)?.state ?? 'asked'))
  const failed = are('failed').map((serial) => ({ serial, why: own(serial)?.why ?? 'it does not say why' }))
  return { id, done: are('done'), failed, open: are('asked', 'waiting', 'updating', 'rebooting'), rebooting: are('rebooting') }
}

/** Asks all but those that are known to be done: one call for each. */
export async function lookAtUpdates(id: string, serials: readonly string[], known: Map<string, Standing>, reader: ShadowReader): Promise<OsUpdates> {
  const { done } = osUpdatesOf(id, serials, known)
  const isDone = new Set(done)
  await Promise.all(
    serials
      .filter((serial) => !isDone.has(serial))
      .map(async (serial) => {
        const reported = await osUpdateShadow(serial, reader)
        if (reported) known.set(serial, reported.value)
      }),
  )
  return osUpdatesOf(id, serials, known)
}
