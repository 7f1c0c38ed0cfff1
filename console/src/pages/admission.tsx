// console/src/pages/admission.tsx: who may join: the list, what it would change, and who was refused.
import { useState } from 'preact/hooks'
import type { Plan } from '@fleet/ops/allowlist/plan'
import type { PageProps } from './page-props.ts'
import type { Admission } from '../cloud/admission.ts'
import { useAction, useAsked } from '../asked.ts'
import { fieldOf } from '../form.ts'
import { Command, stageOption } from '../parts/command.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { ago } from '../time.ts'

const ASK_EVERY_MS = 10_000
/** S3's client comes when this page is opened. */
const load = () => import('../cloud/admission.ts')

export function AdmissionPage({ cloud }: PageProps) {
  const { value, failure, again } = useAsked(async (signal) => (await load()).readAdmission(cloud, signal), { about: 'admission', everyMs: ASK_EVERY_MS })
  const { act, failure: refused, isUnderWay } = useAction()
  const admit = (serial: string) => value && act(async () => (await load()).admit(cloud, value, serial)).then(again)
  const { stage, sandbox } = cloud.session.settings
  const option = stageOption(stage, sandbox !== undefined)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    void admit(fieldOf(event, 'serial'))
  }
  return (
    <>
      <h1>Admission</h1>
      <FailureNote failure={refused ?? failure} />
      <section aria-labelledby="refused">
        <h2 id="refused">Refused in the last hour</h2>
        <Refused refusals={value?.refusals} isDisabled={isUnderWay} onAdmit={(serial) => void admit(serial)} />
        <form class="tools" onSubmit={submit}>
          <label>
            Serial number
            <input name="serial" required minLength={4} maxLength={64} pattern="[0-9a-z][0-9a-z\-]+" autocomplete="off" spellcheck={false} />
          </label>
          <button disabled={isUnderWay || !value}>Admit</button>
          <Command>{`fleet allowlist apply${option}`}</Command>
        </form>
        <p>What is admitted here must also go into allowlist.txt of the repository: the next push uploads that file.</p>
      </section>
      {value && <ListPart text={value.text} plan={value.plan} option={option} planFor={async (text) => (await load()).planFor(cloud, text, new AbortController().signal)} />}
    </>
  )
}

interface RefusedProps {
  readonly refusals: Admission['refusals'] | undefined
  readonly isDisabled: boolean
  readonly onAdmit: (serial: string) => void
}

const Refused = ({ refusals, isDisabled, onAdmit }: RefusedProps) => (
  <>
    {refusals?.length === 0 && <p>Nobody.</p>}
    <ul class="refused">
      {refusals?.map(({ serial, why, at }) => (
        <li key={serial}>
          <span class="serial">{serial}</span> {why}, {ago(at)}{' '}
          <button disabled={isDisabled} onClick={() => onAdmit(serial)}>
            Admit {serial}
          </button>
        </li>
      ))}
    </ul>
  </>
)

interface ListPartProps {
  readonly text: string
  readonly plan: Plan
  readonly option: string
  readonly planFor: (text: string) => Promise<Plan>
}

const SIGNS = { admit: '+', heal: '~', suspend: '-', purge: '--' } as const

function ListPart({ text, plan, option, planFor }: ListPartProps) {
  const [draft, setDraft] = useState<string>()
  const [planned, setPlanned] = useState<Plan>()
  const { act, failure, isUnderWay } = useAction()
  const { changes, unchanged } = planned ?? plan
  return (
    <section aria-labelledby="list">
      <h2 id="list">Allowlist</h2>
      <textarea aria-label="Allowlist" rows={12} value={draft ?? text} onInput={({ currentTarget }) => setDraft(currentTarget.value)} spellcheck={false} />
      <p>
        <button disabled={isUnderWay} onClick={() => void act(async () => setPlanned(await planFor(draft ?? text)))}>
          Plan
        </button>{' '}
        <Command>{`fleet allowlist plan${option}`}</Command>
      </p>
      <FailureNote failure={failure} />
      <ul class="plan" aria-label="What it would change">
        {changes.map(({ action, serial, why }) => (
          <li key={serial}>
            <code>{SIGNS[action]}</code> {action} <span class="serial">{serial}</span> {why}
          </li>
        ))}
        <li>{unchanged} unchanged</li>
      </ul>
      {changes.some(({ action }) => action !== 'admit') && (
        <p>
          Suspending and healing change certificates: the command does it, with its limits. <Command>{`fleet allowlist apply${option}`}</Command>
        </p>
      )}
    </section>
  )
}
