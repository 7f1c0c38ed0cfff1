// console/src/pages/fleet/tiles.tsx: the fleet at a glance: who is online, what is said, how far the release is.
import type { ComponentChildren } from 'preact'
import type { Device } from '../../cloud/fleet.ts'
import type { RolloutState } from '../../cloud/rollout.ts'
import { Chart } from '../../parts/chart.tsx'
import { PageLink } from '../../parts/page-link.tsx'
import { Progress } from '../../parts/progress.tsx'
import { classOf, countsOf } from '../../parts/wave-map.tsx'
import type { LiveCounts } from './use-live-counts.ts'

export interface TilesProps {
  readonly devices: readonly Device[]
  readonly counts: LiveCounts
  readonly rollout: RolloutState | undefined
}

export function Tiles({ devices, counts, rollout }: TilesProps) {
  const online = devices.filter(({ isOnline }) => isOnline).length
  const told = rollout?.waves.flatMap((wave) => wave.devices) ?? []
  return (
    <div class="tiles">
      <Tile title="Online" figure={String(online)} of={`of ${devices.length}`}>
        <Chart label="Devices online since this page was opened" unit=" online" look="steps" colour="--good" height={76} points={counts.online} />
      </Tile>
      <Tile title="Messages" figure={String(counts.messages.at(-1)?.value ?? 0)} of="in the last minute">
        <Chart label="Messages a minute since this page was opened" unit=" a minute" look="line" height={76} points={counts.messages} />
      </Tile>
      <Tile title="Release" figure={rollout ? String(rollout.rollout.succeeded) : '–'} of={rollout ? `of ${told.length} devices have it` : 'nothing deployed yet'}>
        <Progress label="Rollout" of={told.length} parts={countsOf(told).filter(([fate]) => fate !== 'untold' && fate !== 'left out').map(([fate, count]) => ({ name: classOf(fate), count }))} />
        <p>
          <PageLink address={{ page: 'releases' }}>{rollout?.rollout.isStopped ? 'paused: look at it' : 'waves, pause, roll back'}</PageLink>
        </p>
      </Tile>
    </div>
  )
}

const Tile = ({ title, figure, of, children }: { readonly title: string; readonly figure: string; readonly of: string; readonly children: ComponentChildren }) => (
  <section class="tile" aria-label={title}>
    <h2>{title}</h2>
    <p class="figure">
      {figure} <small>{of}</small>
    </p>
    {children}
  </section>
)
