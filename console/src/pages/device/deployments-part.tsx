// console/src/pages/device/deployments-part.tsx: the deployments of the device, and how it fares with them.
import { useAsked } from '../../asked.ts'
import type { Cloud } from '../../cloud/clients.ts'
import { deploymentsOf, type DeviceDeployment } from '../../cloud/device-deployments.ts'
import { FailureNote } from '../../parts/failure-note.tsx'
import { StatePill } from '../../parts/state-pill.tsx'
import { Table, type TableColumn } from '../../parts/table.tsx'
import { ago } from '../../time.ts'

const ASK_EVERY_MS = 10_000

const COLUMNS: readonly TableColumn<DeviceDeployment>[] = [
  {
    title: 'Deployment',
    isHead: true,
    cell: ({ id, name, status, reason }) => (
      <>
        {name} <small class="serial">{id.slice(0, 8)}</small>
        {reason !== '' && status !== 'SUCCEEDED' && <div class="what">{reason}</div>}
      </>
    ),
  },
  { title: 'State', cell: ({ status }) => <StatePill>{status}</StatePill> },
  { title: 'Since', cell: ({ changedAt }) => ago(changedAt) },
]

export function DeploymentsPart({ cloud, serial }: { readonly cloud: Cloud; readonly serial: string }) {
  const { value: deployments, failure } = useAsked(() => deploymentsOf(cloud, serial), { about: serial, everyMs: ASK_EVERY_MS })
  return (
    <section aria-labelledby="deployments">
      <h2 id="deployments">Deployments</h2>
      <FailureNote failure={failure} />
      {deployments?.length === 0 && <p>None has reached it yet.</p>}
      {deployments !== undefined && deployments.length > 0 && <Table columns={COLUMNS} rows={deployments} keyOf={({ id }) => id} />}
    </section>
  )
}
