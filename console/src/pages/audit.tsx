// console/src/pages/audit.tsx: what Device Defender has found, and an audit at once.
import type { PageProps } from './page-props.ts'
import { useAction, useAsked } from '../asked.ts'
import { auditNow, findingsOf } from '../cloud/audit.ts'
import { Command, stageOption } from '../parts/command.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { ago } from '../time.ts'

const ASK_EVERY_MS = 5000

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
      <div class="scrolling" tabIndex={0} role="region" aria-label="Findings">
        <table>
          <thead>
            <tr>
              {['Found', 'Check', 'Severity', 'About', 'Why'].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {findings?.map(({ id, check, severity, about, reason, at }) => (
              <tr key={id}>
                <td>{ago(at)}</td>
                <td>{check}</td>
                <td>{severity}</td>
                <td class="serial">{about.slice(0, 40)}</td>
                <td>{reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
