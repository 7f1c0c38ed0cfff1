// console/src/pages/releases/use-rollout.ts: how far the deployment is, asked for again and again.
import { useAsked, type Asked } from '../../asked.ts'
import type { Cloud } from '../../cloud/clients.ts'
import type { RolloutState } from '../../cloud/rollout.ts'

/** Some 140 calls a look for 10,000 devices, one after the other: AWS allows 10 of most kinds a second. */
const ASK_EVERY_MS = 4000
const load = () => import('../../cloud/rollout.ts')

export const useRollout = (cloud: Cloud): Asked<RolloutState | undefined> => useAsked(async (signal) => (await load()).readRollout(cloud, signal), { about: 'rollout', everyMs: ASK_EVERY_MS })

export interface Actions {
  readonly isUnderWay: boolean
  readonly pause: () => void
  readonly resume: () => void
  readonly rollBack: (release: string) => void
}
