// console/src/pages/faults/pi-faults.tsx: one simulated Pi: how it stands, and what can be done to it.
import type { SandboxPi } from '@fleet/contract/sandbox-control'
import type { useAction } from '../../asked.ts'
import { Command } from '../../parts/command.tsx'
import { PageLink } from '../../parts/page-link.tsx'
import { StatePill } from '../../parts/state-pill.tsx'
import { order, type Order } from '../../sandbox/control.ts'

export interface PiFaultsProps {
  readonly pi: SandboxPi
  readonly action: ReturnType<typeof useAction>
}

export function PiFaults({ pi, action: { act, isUnderWay } }: PiFaultsProps) {
  const { serial, stand } = pi
  return (
    <li>
      <PageLink address={{ page: 'device', serial }}>{serial}</PageLink> <StatePill>{stand.state}</StatePill> <span class="what">{stand.what}</span>
      <span class="orders">
        {handsOn(pi).map(({ title, name, content = {}, command }) => (
          <span key={title} class="order">
            <button disabled={isUnderWay} onClick={() => void act(() => order(serial, name, content))} aria-label={`${title}: ${serial}`}>
              {title}
            </button>
            <Command>{`fleet sandbox ${command}`}</Command>
          </span>
        ))}
      </span>
    </li>
  )
}

interface Hand {
  readonly title: string
  readonly name: Order
  readonly content?: object
  readonly command: string
}

const SKEW_MS = 3_600_000

/** What was done is offered to be undone. */
function handsOn({ serial, power, networkIsCut, clockSkewMs, boardIsHot }: SandboxPi): readonly Hand[] {
  return [
    power === 'on' ? { title: 'Shut down', name: 'power', content: { on: false }, command: `power off ${serial}` } : { title: 'Power on', name: 'power', content: { on: true }, command: `power on ${serial}` },
    { title: 'Unplug', name: 'unplug', command: `unplug ${serial}` },
    networkIsCut ? { title: 'Mend the network', name: 'network', content: { cut: false }, command: `network restore ${serial}` } : { title: 'Cut the network', name: 'network', content: { cut: true }, command: `network cut ${serial}` },
    clockSkewMs === 0 ? { title: 'Clock an hour wrong', name: 'clock', content: { skewMs: SKEW_MS }, command: `clock +1h ${serial}` } : { title: 'Clock right', name: 'clock', content: { skewMs: 0 }, command: `clock 0 ${serial}` },
    boardIsHot ? { title: 'Let the board cool', name: 'heat', content: { hot: false }, command: `heat off ${serial}` } : { title: 'Heat the board', name: 'heat', content: { hot: true }, command: `heat on ${serial}` },
    { title: 'Corrupt the card', name: 'corruptCard', command: `corrupt-card ${serial}` },
    { title: 'Flash a new card', name: 'power', content: { on: true, new: true }, command: `power on ${serial} --new` },
  ]
}
