// console/src/pages/releases/history-part.tsx: the releases that were deployed, what is in them, and the way back to each.
import type { Releases } from '../../cloud/releases.ts'
import { Command } from '../../parts/command.tsx'
import { Confirmed } from '../../parts/confirmed.tsx'
import { StatePill } from '../../parts/state-pill.tsx'
import { ago } from '../../time.ts'
import type { Actions } from './use-rollout.ts'

export interface HistoryPartProps {
  readonly releases: Releases
  readonly actions: Actions
  readonly option: string
}

export function HistoryPart({ releases: { history, manifests }, actions, option }: HistoryPartProps) {
  const [now] = history
  return (
    <section aria-labelledby="history">
      <h2 id="history">Deployed</h2>
      {history.length === 0 && <p>No release was deployed yet.</p>}
      <div class="scrolling" tabIndex={0} role="region" aria-label="Releases that were deployed">
        <table>
          <thead>
            <tr>
              <th scope="col">Release</th>
              <th scope="col">When</th>
              <th scope="col" class="wide">
                Versions
              </th>
              <th scope="col">Back to it</th>
            </tr>
          </thead>
          <tbody>
            {history.map(({ at, release, deploymentId }, index) => (
              <tr key={deploymentId}>
                <th scope="row" class="serial">
                  {release}
                </th>
                <td>
                  <time dateTime={at} title={at}>
                    {ago(new Date(at))}
                  </time>
                </td>
                <td class="wide">
                  <small>{manifests.get(release)?.components.map(({ name, version }) => `${name.replace('fleetwright.', '')} ${version}`).join(' · ') ?? '–'}</small>
                </td>
                <td>{index === 0 ? <StatePill>current</StatePill> : release === now?.release || history.findIndex((each) => each.release === release) !== index ? '' : <Back {...{ release, actions, option }} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

const Back = ({ release, actions, option }: Pick<HistoryPartProps, 'actions' | 'option'> & { readonly release: string }) => (
  <span class="asking">
    <Confirmed isDisabled={actions.isUnderWay} onConfirm={() => actions.rollBack(release)} question={`Deploys ${release} to all devices. Roll back?`}>
      Roll back
    </Confirmed>
    <Command>{`fleet deploy rollback ${release}${option}`}</Command>
  </span>
)
