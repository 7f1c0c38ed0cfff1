// console/src/pages/releases/history-part.tsx: the releases that were deployed, what is in them, and the way back to each.
import type { Releases } from '../../cloud/releases.ts'
import { Command } from '../../parts/command.tsx'
import { Confirmed } from '../../parts/confirmed.tsx'
import { StatePill } from '../../parts/state-pill.tsx'
import { ScrollingTable, type TableColumn } from '../../parts/table.tsx'
import { ago } from '../../time.ts'
import type { Actions } from './use-rollout.ts'

export interface HistoryPartProps {
  readonly releases: Releases
  readonly actions: Actions
  readonly option: string
}

type Deployed = Releases['history'][number]

export function HistoryPart({ releases, actions, option }: HistoryPartProps) {
  const { history } = releases
  return (
    <section aria-labelledby="history">
      <h2 id="history">Deployed</h2>
      {history.length === 0 && <p>No release was deployed yet.</p>}
      <ScrollingTable label="Releases that were deployed" columns={columnsOf({ releases, actions, option })} rows={history} keyOf={({ deploymentId }) => deploymentId} />
    </section>
  )
}

function columnsOf({ releases: { history, manifests }, actions, option }: HistoryPartProps): readonly TableColumn<Deployed>[] {
  const versions = (release: string) => manifests.get(release)?.components.map(({ name, version }) => `${name.replace('fleetwright.', '')} ${version}`).join(' · ') ?? '–'
  const isOffered = (release: string, index: number) => release !== history[0]?.release && history.findIndex((each) => each.release === release) === index
  return [
    { title: 'Release', isHead: true, look: 'serial', cell: ({ release }) => release },
    {
      title: 'When',
      cell: ({ at }) => (
        <time dateTime={at} title={at}>
          {ago(new Date(at))}
        </time>
      ),
    },
    { title: 'Versions', look: 'wide', cell: ({ release }) => <small>{versions(release)}</small> },
    { title: 'Back to it', cell: ({ release }, index) => (index === 0 ? <StatePill>current</StatePill> : isOffered(release, index) && <Back {...{ release, actions, option }} />) },
  ]
}

const Back = ({ release, actions, option }: Pick<HistoryPartProps, 'actions' | 'option'> & { readonly release: string }) => (
  <span class="asking">
    <Confirmed isDisabled={actions.isUnderWay} onConfirm={() => actions.rollBack(release)} question={`Deploys ${release} to all devices. Roll back?`}>
      Roll back
    </Confirmed>
    <Command>{`fleet deploy rollback ${release}${option}`}</Command>
  </span>
)
