// console/src/cloud/releases.ts: which releases were deployed, what is in them, and the three things that can be done to a rollout.
import type { ReleaseManifest } from '@fleet/contract/release'
import { readHistory, type History } from '@fleet/ops/deploy/history'
import { rollBackAtOnce } from '@fleet/ops/deploy/roll-back-at-once'
import { goOn, pause, type Spreading } from '@fleet/ops/deploy/spread'
import { currentRelease, formerRelease } from '@fleet/ops/release/manifest-store'
import type { Cloud } from './clients.ts'
import { greengrassOf } from './greengrass.ts'
import { storeOf } from './s3.ts'

export interface Releases {
  /** Newest first. */
  readonly history: History
  /** What the next `fleet deploy` brings. */
  readonly current: string | undefined
  /** Of the newest of them. */
  readonly manifests: ReadonlyMap<string, ReleaseManifest>
}

const MOST_MANIFESTS = 12

export async function readReleases(cloud: Cloud): Promise<Releases> {
  const store = storeOf(cloud)
  const [history, current] = await Promise.all([readHistory(store), currentRelease(store)])
  const ids = [...new Set(history.map(({ release }) => release))].slice(0, MOST_MANIFESTS)
  const manifests = await Promise.all(ids.map((id) => formerRelease(store, id)))
  return { history, current: current?.manifest.id, manifests: new Map(manifests.flatMap((each) => (each ? [[each.id, each] as const] : []))) }
}

export const pauseRollout = (cloud: Cloud) => pause(spreadingOf(cloud))
export const resumeRollout = (cloud: Cloud) => goOn(spreadingOf(cloud))
export const rollBackTo = (cloud: Cloud, release: string) => rollBackAtOnce(release, { ...spreadingOf(cloud), store: storeOf(cloud), now: new Date() })

const spreadingOf = (cloud: Cloud): Spreading => ({ greengrass: greengrassOf(cloud), stage: cloud.session.settings })
