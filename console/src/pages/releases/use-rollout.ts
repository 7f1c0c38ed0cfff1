// console/src/pages/releases/use-rollout.ts: how far the deployment is, asked for again and again.
import { useAsked, type Asked } from '../../asked.ts'
import type { Cloud } from '../../cloud/clients.ts'
import type { RolloutState } from '../../cloud/rollout.ts'

/** Some 140 calls a look for 10,000 devices, one after the other: AWS allows 10 of most kinds a second. */
const ASK_EVERY_MS = 4000
const load = () => import('../../cloud/rollout.ts')

/** What a page knows of the fleet already: ten thousand devices are not asked for twice. */
export interface KnownFleet {
  /** Undefined: they are still coming, and are waited for. */
  readonly members: readonly string[] | undefined
}

export function useRollout(cloud: Cloud, known?: KnownFleet): Asked<RolloutState | undefined> {
  const isWaiting = known !== undefined && known.members === undefined
  const ask = async (signal: AbortSignal) => (isWaiting ? ended(signal) : (await load()).readRollout(cloud, signal, known?.members))
  return useAsked(ask, { about: isWaiting ? 'nothing yet' : 'rollout', everyMs: ASK_EVERY_MS })
}

const ended = (signal: AbortSignal) => new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined)))

export interface Actions {
  readonly isUnderWay: boolean
  readonly pause: () => void
  readonly resume: () => void
  readonly rollBack: (release: string) => void
}
