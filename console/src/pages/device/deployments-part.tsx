// console/src/pages/device/deployments-part.tsx: the deployments of the device, and how it fares with them.
import { useAsked } from '../../asked.ts'
import type { Cloud } from '../../cloud/clients.ts'
import { deploymentsOf } from '../../cloud/device-deployments.ts'
import { FailureNote } from '../../parts/failure-note.tsx'
import { StatePill } from '../../parts/state-pill.tsx'
import { ago } from '../../time.ts'

const ASK_EVERY_MS = 10_000

export function DeploymentsPart({ cloud, serial }: { readonly cloud: Cloud; readonly serial: string }) {
  const { value: deployments, failure } = useAsked(() => deploymentsOf(cloud, serial), { about: serial, everyMs: ASK_EVERY_MS })
  return (
    <section aria-labelledby="deployments">
      <h2 id="deployments">Deployments</h2>
      <FailureNote failure={failure} />
      {deployments?.length === 0 && <p>None has reached it yet.</p>}
      <table hidden={(deployments ?? []).length === 0}>
        <thead>
          <tr>
            <th scope="col">Deployment</th>
            <th scope="col">State</th>
            <th scope="col">Since</th>
          </tr>
        </thead>
        <tbody>
          {deployments?.map(({ id, name, status, reason, changedAt }) => (
            <tr key={id}>
              <th scope="row">
                {name} <small class="serial">{id.slice(0, 8)}</small>
                {reason !== '' && status !== 'SUCCEEDED' && <div class="what">{reason}</div>}
              </th>
              <td>
                <StatePill>{status}</StatePill>
              </td>
              <td>{ago(changedAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
