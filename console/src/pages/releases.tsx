// console/src/pages/releases.tsx: what is deployed, how far it is, wave by wave, and the releases before it.
import type { PageProps } from './page-props.ts'
import { useAction, useAsked } from '../asked.ts'
import { stageOption } from '../parts/command.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { HistoryPart } from './releases/history-part.tsx'
import { RolloutPart } from './releases/rollout-part.tsx'
import { useRollout } from './releases/use-rollout.ts'

/** The clients of S3 and Greengrass come when this page is opened. */
const load = () => import('../cloud/releases.ts')
const ASK_EVERY_MS = 5000

export function ReleasesPage({ cloud }: PageProps) {
  const releases = useAsked(async () => (await load()).readReleases(cloud), { about: 'releases', everyMs: ASK_EVERY_MS })
  const rollout = useRollout(cloud)
  const { act, failure: refused, isUnderWay } = useAction()
  const change = (work: (module: Awaited<ReturnType<typeof load>>) => Promise<unknown>) =>
    void act(async () => {
      await work(await load())
    }).then(() => {
      rollout.again()
      releases.again()
    })
  const { stage, sandbox } = cloud.session.settings
  const option = stageOption(stage, sandbox !== undefined)
  const actions = {
    isUnderWay,
    pause: () => change(({ pauseRollout }) => pauseRollout(cloud)),
    resume: () => change(({ resumeRollout }) => resumeRollout(cloud)),
    rollBack: (release: string) => change(({ rollBackTo }) => rollBackTo(cloud, release)),
  }
  return (
    <>
      <div class="head">
        <h1>Releases</h1>
      </div>
      <FailureNote failure={refused ?? releases.failure ?? rollout.failure} />
      <RolloutPart state={rollout.value} release={releases.value?.history[0]?.release} {...{ actions, option, isKnown: rollout.at !== undefined }} />
      {releases.value && <HistoryPart releases={releases.value} {...{ actions, option }} />}
    </>
  )
}
