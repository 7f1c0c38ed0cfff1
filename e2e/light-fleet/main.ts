// e2e/light-fleet/main.ts: a process with many light Pis that rotate when they are asked to, so that they do not share the cloud's thread.
import type { LightCloud, LightIdentity } from '@fleet/sandbox/site/light/light-pi'
import { networkCable } from '@fleet/sandbox/site/network'
import { rotatingPi, type RotatingPi } from './rotating-pi.ts'

/** To this process: the Pis to switch on, then the end. From it: they are connected; one has rotated; at the end, what each one works with. */
export type ToFleet = { readonly identities: readonly LightIdentity[]; readonly cloud: Pick<LightCloud, 'host' | 'mqttPort' | 'rootCaPem'> } | 'end'
export type FromFleet = 'ready' | { readonly rotated: string } | { readonly inCharge: readonly LightIdentity[] } | { readonly failed: string }

const AT_ONCE = 16
const pis: RotatingPi[] = []
process.on('disconnect', () => process.exit(1))
process.on('message', (message: ToFleet) => void work(message).catch((error: unknown) => say({ failed: String(error) })))

async function work(message: ToFleet): Promise<void> {
  if (message === 'end') {
    await Promise.all(pis.map((pi) => pi.end()))
    say({ inCharge: pis.map((pi) => pi.inCharge()) })
    return
  }
  const cloud = { ...message.cloud, network: networkCable({ now: () => new Date() }) }
  const waiting = [...message.identities]
  const connect = async () => {
    for (let identity = waiting.shift(); identity !== undefined; identity = waiting.shift()) {
      const { serial } = identity
      const pi = rotatingPi(identity, cloud, () => say({ rotated: serial }))
      pis.push(pi)
      await pi.ready
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, connect))
  say('ready')
}

function say(message: FromFleet): void {
  process.send?.(message)
}
