// console/src/pages/faults.tsx: hands laid on the simulated Pis, and on the cloud. Only in the sandbox.
import type { PageProps } from './page-props.ts'
import { useAction } from '../asked.ts'
import { fieldOf } from '../form.ts'
import { Command } from '../parts/command.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { order } from '../sandbox/control.ts'
import { CloudFaults } from './faults/cloud-faults.tsx'
import { PiFaults } from './faults/pi-faults.tsx'

export function FaultsPage({ pis }: PageProps) {
  const action = useAction()
  if (!pis) return <p>Faults are there in the sandbox alone.</p>
  return (
    <>
      <h1>Faults</h1>
      <FailureNote failure={action.failure} />
      <ul class="pis" aria-label="Simulated Pis">
        {[...pis.values()]
          .sort((one, other) => (one.serial < other.serial ? -1 : 1))
          .map((pi) => (
            <PiFaults key={pi.serial} {...{ pi, action }} />
          ))}
      </ul>
      <OneMore {...{ action }} />
      <CloudFaults {...{ action }} />
    </>
  )
}

function OneMore({ action: { act, isUnderWay } }: { readonly action: ReturnType<typeof useAction> }) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const serial = fieldOf(event, 'serial').trim().toLowerCase()
    void act(() => order(serial, 'power', { on: true }))
  }
  return (
    <form class="tools" onSubmit={submit}>
      <label>
        One more Pi, with serial number
        <input name="serial" required minLength={4} maxLength={64} pattern="[0-9a-zA-Z][0-9a-zA-Z\-]+" autocomplete="off" spellcheck={false} />
      </label>
      <button disabled={isUnderWay}>Power on</button>
      <Command>fleet sandbox power on 10000000deadbeef</Command>
    </form>
  )
}
