// console/src/pages/faults.tsx: hands laid on the simulated Pis, and on the cloud's clock. Only in the sandbox.
import type { SandboxPi } from '@fleet/contract/sandbox-control'
import type { PageProps } from './page-props.ts'
import { useAction } from '../asked.ts'
import { fieldOf } from '../form.ts'
import { Command } from '../parts/command.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { PageLink } from '../parts/page-link.tsx'
import { advanceCloud, order } from '../sandbox/control.ts'

const DAY_MS = 86_400_000
const SKEW_MS = 3_600_000

export function FaultsPage({ pis }: PageProps) {
  const { act, failure, isUnderWay } = useAction()
  if (!pis) return <p>Faults are there in the sandbox alone.</p>
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const serial = fieldOf(event, 'serial').trim().toLowerCase()
    void act(() => order(serial, 'power', { on: true }))
  }
  return (
    <>
      <h1>Faults</h1>
      <FailureNote failure={failure} />
      <ul class="pis">
        {[...pis.values()]
          .sort((one, other) => (one.serial < other.serial ? -1 : 1))
          .map((pi) => (
            <PiFaults key={pi.serial} pi={pi} act={act} />
          ))}
      </ul>
      <form class="tools" onSubmit={submit}>
        <label>
          One more Pi, with serial number
          <input name="serial" required minLength={4} maxLength={64} pattern="[0-9a-zA-Z][0-9a-zA-Z\-]+" autocomplete="off" spellcheck={false} />
        </label>
        <button disabled={isUnderWay}>Power on</button>
        <Command>fleet sandbox power on 10000000deadbeef</Command>
      </form>
      <p class="tools">
        <button disabled={isUnderWay} onClick={() => void act(() => advanceCloud(DAY_MS))}>
          Move the cloud’s clock a day ahead
        </button>
        <Command>fleet sandbox clock +1d</Command>
      </p>
    </>
  )
}

function PiFaults({ pi: { serial, stand, power, networkIsCut, clockSkewMs }, act }: { readonly pi: SandboxPi; readonly act: ReturnType<typeof useAction>['act'] }) {
  const give = (name: Parameters<typeof order>[1], content: object, title: string, command: string) => (
    <span class="order">
      <button onClick={() => void act(() => order(serial, name, content))} aria-label={`${title}: ${serial}`}>
        {title}
      </button>
      <Command>{`fleet sandbox ${command}`}</Command>
    </span>
  )
  return (
    <li>
      <PageLink address={{ page: 'device', serial }}>{serial}</PageLink> <span class="state">{stand.state}</span> <span class="what">{stand.what}</span>
      <span class="orders">
        {power === 'on' ? give('power', { on: false }, 'Shut down', `power off ${serial}`) : give('power', { on: true }, 'Power on', `power on ${serial}`)}
        {give('unplug', {}, 'Unplug', `unplug ${serial}`)}
        {networkIsCut ? give('network', { cut: false }, 'Mend the network', `network restore ${serial}`) : give('network', { cut: true }, 'Cut the network', `network cut ${serial}`)}
        {clockSkewMs === 0 ? give('clock', { skewMs: SKEW_MS }, 'Clock an hour wrong', `clock +1h ${serial}`) : give('clock', { skewMs: 0 }, 'Clock right', `clock 0 ${serial}`)}
      </span>
    </li>
  )
}
