// console/src/pages/device/certificate-part.tsx: the certificates of a device, and a new one step by step.
import { useEffect } from 'preact/hooks'
import { useAction, useAsked } from '../../asked.ts'
import type { Cloud } from '../../cloud/clients.ts'
import { certificatesOf } from '../../cloud/fleet.ts'
import { readRotations, rotate, type Rotations } from '../../cloud/rotation.ts'
import { Command, stageOption } from '../../parts/command.tsx'
import { FailureNote } from '../../parts/failure-note.tsx'
import { StatePill } from '../../parts/state-pill.tsx'
import { ageDays, ago } from '../../time.ts'
import { RotationProgress } from './rotation-progress.tsx'

export interface CertificatePartProps {
  readonly cloud: Cloud
  readonly serial: string
  /** When the device has last said something of its jobs: then it is worth asking. */
  readonly told: Date | undefined
}

const ASK_EVERY_MS = 15_000

export function CertificatePart({ cloud, serial, told }: CertificatePartProps) {
  const read = async () => ({ certificates: await certificatesOf(cloud, serial), rotations: await readRotations(cloud, serial) })
  const { value, failure, again } = useAsked(read, { about: serial, everyMs: ASK_EVERY_MS })
  const action = useAction()
  useEffect(() => {
    if (told) again()
  }, [told])
  const [current] = value?.certificates.filter(({ status }) => status === 'ACTIVE') ?? []
  const isUnderWay = action.isUnderWay || ['QUEUED', 'IN_PROGRESS'].includes(value?.rotations.latest?.status ?? '')
  const { stage, sandbox } = cloud.session.settings
  return (
    <section aria-labelledby="certificate">
      <h2 id="certificate">Certificates</h2>
      <ul class="certificates">
        {value?.certificates.map(({ id, status, madeAt }) => (
          <li key={id}>
            <code title={id}>{id.slice(0, 16)}…</code> <StatePill>{status}</StatePill> <small>{madeAt && `${ageDays(madeAt)} days old`}</small>
          </li>
        ))}
      </ul>
      {value?.rotations.latest && <RotationProgress key={value.rotations.latest.jobId} rotation={value.rotations.latest} />}
      <p class="tools">
      <button disabled={!current || isUnderWay} onClick={() => current && void action.act(() => rotate(cloud, serial, current)).then(again)}>
        Rotate
      </button>
      <Command>{`fleet rotate ${serial}${stageOption(stage, sandbox !== undefined)}`}</Command>
      </p>
      <FailureNote failure={action.failure ?? failure} />
      {value && <History rotations={value.rotations} />}
    </section>
  )
}

/** Certificates that were replaced are deleted; the jobs that replaced them tell of them. */
const History = ({ rotations: { all } }: { readonly rotations: Rotations }) => (
  <>
    <h3>Rotations</h3>
    {all.length === 0 && <p>It has the certificate that it was given when it joined.</p>}
    <ul class="certificates" aria-label="Rotations">
      {all.map(({ jobId, replaces, attempt, status, queuedAt, changedAt }) => (
        <li key={jobId}>
          <small>{ago(changedAt ?? new Date(queuedAt))}</small> replaces <code>{replaces}…</code> <StatePill>{status}</StatePill> {attempt > 1 && <small>{`attempt ${attempt}`}</small>}
        </li>
      ))}
    </ul>
  </>
)
