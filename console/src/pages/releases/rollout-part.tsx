// console/src/pages/releases/rollout-part.tsx: the deployment of now: how many devices have it, its waves, and the hand on its brake.
import type { RolloutState } from '../../cloud/rollout.ts'
import { Command } from '../../parts/command.tsx'
import { Confirmed } from '../../parts/confirmed.tsx'
import { PageLink } from '../../parts/page-link.tsx'
import { Progress } from '../../parts/progress.tsx'
import { StatePill } from '../../parts/state-pill.tsx'
import { classOf, countsOf, WaveMap } from '../../parts/wave-map.tsx'
import { ago } from '../../time.ts'
import type { Actions } from './use-rollout.ts'

export interface RolloutPartProps {
  readonly state: RolloutState | undefined
  readonly release: string | undefined
  readonly actions: Actions
  readonly option: string
  readonly isKnown: boolean
}

export function RolloutPart({ state, release, actions, option, isKnown }: RolloutPartProps) {
  if (!state) {
    return (
      <section aria-labelledby="rollout">
        <h2 id="rollout">Rollout</h2>
        <p role="status">{isKnown ? 'Nothing is deployed yet.' : 'asking …'}</p>
        {isKnown && <Command>{`fleet release publish${option}`}</Command>}
      </section>
    )
  }
  const { deployment, rollout, waves } = state
  const devices = waves.flatMap(({ devices }) => devices)
  const standing = rollout.isStopped ? 'paused' : rollout.waiting.length > 0 ? 'active' : 'completed'
  return (
    <section aria-labelledby="rollout">
      <div class="head">
        <h2 id="rollout">
          Release <span class="serial">{release ?? '–'}</span>
        </h2>
        <StatePill>{standing}</StatePill>
        <small>{`deployed ${ago(deployment.creationTimestamp)}`}</small>
      </div>
      <p class="figure" role="status">
        {rollout.succeeded} <small>{`of ${devices.length} devices have it`}</small>
      </p>
      <Progress label="Rollout" of={devices.length} parts={countsOf(devices).filter(([fate]) => fate !== 'untold' && fate !== 'left out').map(([fate, count]) => ({ name: classOf(fate), count }))} />
      <Brake standing={standing} {...{ actions, option }} waiting={rollout.waiting.length} />
      <Failed serials={[...rollout.failed, ...rollout.unhealthy]} />
      <WaveMap waves={waves} />
    </section>
  )
}

function Brake({ standing, waiting, actions, option }: Pick<RolloutPartProps, 'actions' | 'option'> & { readonly standing: string; readonly waiting: number }) {
  if (standing === 'paused') {
    return (
      <p class="tools">
        <button class="main" disabled={actions.isUnderWay} onClick={actions.resume}>
          Resume
        </button>
        <Command>{`fleet deploy resume${option}`}</Command>
        <small>Devices that have it keep it; the others were not told.</small>
      </p>
    )
  }
  return (
    <p class="tools">
      <Confirmed isDisabled={actions.isUnderWay} onConfirm={actions.pause} question={`${waiting} devices, and those that join later, will not be told. Pause?`}>
        Pause
      </Confirmed>
      <Command>{`fleet deploy pause${option}`}</Command>
    </p>
  )
}

const MOST_FAILED = 10

function Failed({ serials }: { readonly serials: readonly string[] }) {
  if (serials.length === 0) return null
  return (
    <>
      <h3>{`${serials.length} could not take it, and went back by themselves`}</h3>
      <ul class="failures">
        {serials.slice(0, MOST_FAILED).map((serial) => (
          <li key={serial}>
            <PageLink address={{ page: 'device', serial }}>{serial}</PageLink>
          </li>
        ))}
      </ul>
    </>
  )
}
