// console/src/pages/alarms/use-alarms.ts: the open alarms of the fleet or of one device, asked for now and then, and soon after a connection has come or gone.
import { useEffect } from 'preact/hooks'
import { useAsked } from '../../asked.ts'
import type { Cloud } from '../../cloud/clients.ts'
import type { Listening } from '../../cloud/messages.ts'

const ASK_EVERY_MS = 15_000
/** The rule has written the alarm by then; many devices at once are one question. */
const SOON_MS = 1500

/** The client of the tables comes after the page. */
const load = () => import('../../cloud/alarms.ts')

/** @param serial undefined: all devices */
export function useAlarms(cloud: Cloud, messages: Listening | undefined, serial?: string) {
  const alarms = useAsked(async (signal) => (await load()).openAlarms(cloud, serial, signal), { about: serial ?? 'all', everyMs: ASK_EVERY_MS })
  const { again } = alarms
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = () => {
      timer = undefined
      again()
    }
    const listening = messages?.listen(['connected', 'disconnected'].map((kind) => `$aws/events/presence/${kind}/${serial ?? '+'}`), () => (timer ??= setTimeout(ask, SOON_MS)))
    return () => {
      clearTimeout(timer)
      listening?.[Symbol.dispose]()
    }
  }, [messages, serial, again])
  return alarms
}
