// e2e/light-fleet/light-fleet.ts: starts a process of light Pis, hears when one has rotated, and ends it.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { LightIdentity } from '@fleet/sandbox/site/light/light-pi'
import type { FromFleet, ToFleet } from './main.ts'

export interface LightFleet extends AsyncDisposable {
  /** Switches them off; answers what each one worked with. */
  end(): Promise<readonly LightIdentity[]>
}

export interface LightFleetOptions extends Exclude<ToFleet, 'end'> {
  /** Whenever a rotation is over, one way or the other. */
  readonly onRotated: (serial: string) => void
}

/** Resolves when all are connected. */
export async function switchedOn({ identities, cloud, onRotated }: LightFleetOptions): Promise<LightFleet> {
  const child = fork(fileURLToPath(new URL('./main.ts', import.meta.url)))
  const [ready, last] = [Promise.withResolvers<undefined>(), Promise.withResolvers<readonly LightIdentity[]>()]
  const fail = (why: string) => [ready, last].forEach(({ reject }) => reject(new Error(why)))
  last.promise.catch(() => undefined) // nobody may have asked yet
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  void ended.then(() => fail('the process of the light Pis has ended'))
  child.on('message', (message: FromFleet) => {
    if (message === 'ready') ready.resolve(undefined)
    else if ('rotated' in message) onRotated(message.rotated)
    else if ('inCharge' in message) last.resolve(message.inCharge)
    else fail(message.failed)
  })
  const { host, mqttPort, rootCaPem } = cloud
  child.send({ identities, cloud: { host, mqttPort, rootCaPem } } satisfies ToFleet)
  await ready.promise
  return {
    end() {
      child.send('end' satisfies ToFleet)
      return last.promise
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}
