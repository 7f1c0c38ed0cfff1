// console/src/sandbox/control.ts: the simulated Pis beside the cloud: how they stand, and hands laid on them. Only in the sandbox.
import { BadRelease, ControlEvent, ControlRefusal, controlPaths, type SandboxPi } from '@fleet/contract/sandbox-control'
import type { Link } from '../cloud/messages.ts'

export interface PiWatch {
  readonly onPis: (pis: ReadonlyMap<string, SandboxPi>) => void
  readonly onLink: (link: Link) => void
}

/** The browser connects again by itself; what it then hears begins with everything. */
export function watchPis({ onPis, onLink }: PiWatch): Disposable {
  const events = new EventSource(relative(controlPaths.events))
  let pis = new Map<string, SandboxPi>()
  let heard = new Set<string>()
  events.onopen = () => {
    heard = new Set()
    onLink('live')
  }
  events.onerror = () => onLink('lost')
  events.onmessage = ({ data }: MessageEvent<string>) => {
    const event = ControlEvent.parse(JSON.parse(data))
    pis = new Map(pis)
    if (event.tell === 'pi') {
      heard.add(event.pi.serial)
      pis.set(event.pi.serial, event.pi)
    } else for (const serial of pis.keys()) if (!heard.has(serial)) pis.delete(serial)
    onPis(pis)
  }
  return { [Symbol.dispose]: () => events.close() }
}

export type Order = 'power' | 'press' | 'unplug' | 'network' | 'clock' | 'heat' | 'corruptCard'

/** @throws the server's ControlRefusal */
export async function order(serial: string, name: Order, content: object = {}): Promise<void> {
  await send(controlPaths[name](encodeURIComponent(serial)), content)
}

/** Moves the cloud's own clock ahead, for good. */
export async function advanceCloud(advanceMs: number): Promise<void> {
  await send(controlPaths.cloudClock, { advanceMs })
}

/** Publishes and deploys a release that cannot work; resolves when the devices are about to be told. */
export const deployBadRelease = async (): Promise<BadRelease> => BadRelease.parse(await send(controlPaths.badRelease, {}))

async function send(path: string, content: object): Promise<unknown> {
  const response = await fetch(relative(path), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(content) })
  const answer: unknown = await response.json()
  if (!response.ok) throw refused(ControlRefusal.parse(answer))
  return answer
}

/** An Error that is a ControlRefusal, too. */
const refused = (refusal: ControlRefusal): Error => Object.assign(new Error(refusal.what), refusal)

const relative = (path: string) => path.slice(1)
