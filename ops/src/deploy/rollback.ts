// ops/src/deploy/rollback.ts: makes a former release the current one again, so that the next deploy brings it to the devices.
import { explaining } from '../aws/aws-failure.ts'
import { assertAccount } from '../aws/account-check.ts'
import { FleetError } from '@fleet/contract/errors'
import { currentRelease, formerRelease, makeCurrent } from '../release/manifest-store.ts'
import type { Target } from '../target/target.ts'
import { readHistory, storeOf, type History } from './history.ts'

export interface RolledBack {
  readonly from: string
  readonly to: string
}

/** `wanted`: a release of the history; without, the one that was deployed before the current one. Nothing is deployed yet. @throws FleetError RELEASE_UNKNOWN */
export const rollBack = (target: Target, wanted: string | undefined): Promise<RolledBack> =>
  explaining(target, async () => {
    await assertAccount(target)
    const store = storeOf(target)
    const [current, history] = await Promise.all([currentRelease(store), readHistory(store)])
    if (!current) throw unknown('there is no release that could be rolled back')
    const to = wanted ?? before(history, current.manifest.id)
    if (to === undefined) throw unknown(`no other release than ${current.manifest.id} was deployed before`)
    const manifest = await formerRelease(store, to)
    if (!manifest) throw unknown(`there is no release ${to}`)
    if (to !== current.manifest.id) await makeCurrent(manifest, current, store)
    return { from: current.manifest.id, to }
  })

/** A release that was published and never deployed is the current one too: then the last that was deployed is the one before. */
export const before = (history: History, current: string): string | undefined => {
  const at = history.findIndex(({ release }) => release === current)
  return history.slice(at + 1).find(({ release }) => release !== current)?.release
}

const unknown = (what: string) => new FleetError('RELEASE_UNKNOWN', what, '`fleet deploy history` shows the releases that were deployed; nothing was changed.')
