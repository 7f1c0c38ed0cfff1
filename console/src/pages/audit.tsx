// console/src/pages/audit.tsx: what Device Defender has found, and an audit at once.
import type { PageProps } from './page-props.ts'
import { useAction, useAsked } from '../asked.ts'
import { auditNow, findingsOf, type Finding } from '../cloud/audit.ts'
import { Command, stageOption } from '../parts/command.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { ScrollingTable, type TableColumn } from '../parts/table.tsx'
import { ago } from '../time.ts'

const ASK_EVERY_MS = 5000

const COLUMNS: readonly TableColumn<Finding>[] = [
  { title: 'Found', cell: ({ at }) => ago(at) },
  { title: 'Check', cell: ({ check }) => check },
  { title: 'Severity', cell: ({ severity }) => severity },
  { title: 'About', look: 'serial', cell: ({ about }) => about.slice(0, 40) },
  { title: 'Why', cell: ({ reason }) => reason },
]

export function AuditPage({ cloud }: PageProps) {
  const { value: findings, failure, again } = useAsked(() => findingsOf(cloud), { about: 'audit', everyMs: ASK_EVERY_MS })
  const { act, failure: refused, isUnderWay } = useAction()
  const { stage, sandbox } = cloud.session.settings
  return (
    <>
      <h1>Audit</h1>
      <p class="tools">
        <button disabled={isUnderWay} onClick={() => void act(() => auditNow(cloud)).then(again)}>
          Audit now
        </button>
        <Command>{`fleet audit${stageOption(stage, sandbox !== undefined)}`}</Command>
      </p>
      <FailureNote failure={refused ?? failure} />
      <p role="status">{findings ? `${findings.length} findings of the last 14 days` : 'asking …'}</p>
      <ScrollingTable label="Findings" columns={COLUMNS} rows={findings ?? []} keyOf={({ id }) => id} />
    </>
  )
}
