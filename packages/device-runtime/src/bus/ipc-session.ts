// packages/device-runtime/src/bus/ipc-session.ts: keeps a connection to the nucleus for as long as the component lives.
import type { Log } from '@fleet/log'
import { abortable } from '../abort.ts'
import { backoff } from '../backoff.ts'
import { sleep, type Clock } from '../clock.ts'
import { connectIpc, type IpcAddress, type IpcConnection } from './ipc-connection.ts'

export interface IpcSession {
  /** Connects, and connects again, until the signal aborts: a loop for the owner's task group. */
  run(signal: AbortSignal): Promise<void>
  /** The connection that stands, or the next one. */
  connection(signal: AbortSignal): Promise<IpcConnection>
  /** The connection that stands; throws when none does. */
  connectionNow(): IpcConnection
  /** How many connections there have been. */
  readonly number: number
}

export function ipcSession(address: IpcAddress, { clock, log }: { clock: Clock; log: Log }): IpcSession {
  let number = 0
  let current: IpcConnection | undefined
  const waiting = new Set<(connection: IpcConnection) => void>()

  async function hold(signal: AbortSignal, connection: IpcConnection): Promise<void> {
    current = connection
    number += 1
    log.info('nucleus reached', { session: number })
    for (const use of [...waiting]) use(connection)
    try {
      await abortable<never>(signal, (_resolve, reject) => (connection.onLost(reject), () => {}))
    } finally {
      current = undefined
      await connection.close()
    }
  }

  return {
    get number() {
      return number
    },
    async connection(signal) {
      signal.throwIfAborted()
      return current ?? abortable<IpcConnection>(signal, (use) => (waiting.add(use), () => waiting.delete(use)))
    },
    connectionNow() {
      if (current === undefined) throw new Error('the nucleus is out of reach')
      return current
    },
    async run(signal) {
      const retry = backoff({ firstMs: 500, mostMs: 30_000 })
      while (!signal.aborted) {
        try {
          const connection = await connectIpc(address)
          retry.reset()
          await hold(signal, connection)
        } catch (why) {
          signal.throwIfAborted()
          log.warn('nucleus not reached', { why })
          await sleep(clock, retry.next(), signal)
        }
      }
    },
  }
}
