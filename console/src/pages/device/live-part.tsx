// console/src/pages/device/live-part.tsx: the board as it is now, and the frequency that is wished of its LED.
import { useState } from 'preact/hooks'
import { ButtonReported } from '@fleet/contract/button'
import { LED_FREQUENCY_HZ, LedReported } from '@fleet/contract/led'
import type { SandboxPi } from '@fleet/contract/sandbox-control'
import { useAction } from '../../asked.ts'
import type { Cloud } from '../../cloud/clients.ts'
import { wish } from '../../cloud/shadows.ts'
import { fieldOf } from '../../form.ts'
import { Board } from '../../parts/board.tsx'
import { Command, stageOption } from '../../parts/command.tsx'
import { FailureNote } from '../../parts/failure-note.tsx'
import { order } from '../../sandbox/control.ts'
import type { Shadows } from './use-shadows.ts'

export interface LivePartProps {
  readonly cloud: Cloud
  readonly serial: string
  readonly documents: Shadows
  /** In the sandbox, the simulated Pi itself. */
  readonly pi: SandboxPi | undefined
}

export function LivePart({ cloud, serial, documents, pi }: LivePartProps) {
  const { act, failure, isUnderWay } = useAction()
  const led = LedReported.safeParse(documents.byName['led']?.state.reported).data
  const button = ButtonReported.safeParse(documents.byName['button']?.state.reported).data
  const press = pi && (() => void act(() => order(serial, 'press')))
  const { stage, sandbox } = cloud.session.settings
  const option = stageOption(stage, sandbox !== undefined)
  const [draft, setDraft] = useState<string>()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const frequencyHz = Number(fieldOf(event, 'frequency'))
    void act(() => wish(cloud, { serial, name: 'led', desired: { frequencyHz } }))
  }
  return (
    <section aria-labelledby="live">
      <h2 id="live">Board</h2>
      <Board serial={serial} led={led && { isOn: led.on, frequencyHz: led.frequencyHz }} presses={button?.presses} onPress={press} />
      {press && <Command>{`fleet sandbox press ${serial}`}</Command>}
      {pi && pi.stand.state !== 'joined' && <p class="what">{`The Pi: ${pi.stand.state}. ${pi.stand.what}`}</p>}
      <form class="tools" onSubmit={submit}>
        <label>
          Frequency, Hz
          <input name="frequency" type="number" min={LED_FREQUENCY_HZ.least} max={LED_FREQUENCY_HZ.most} step="any" required key={led?.frequencyHz} defaultValue={String(led?.frequencyHz ?? LED_FREQUENCY_HZ.initial)} onInput={({ currentTarget }) => setDraft(currentTarget.value)} />
        </label>
        <button disabled={isUnderWay}>Set</button>
        <Command>{`fleet led ${serial} --frequency ${draft ?? led?.frequencyHz ?? LED_FREQUENCY_HZ.initial}${option}`}</Command>
      </form>
      {led?.refused && <p class="what">{`The device refuses ${JSON.stringify(led.refused.frequencyHz)}: ${led.refused.why}`}</p>}
      <FailureNote failure={failure ?? documents.failure} />
    </section>
  )
}
