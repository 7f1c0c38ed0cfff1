// console/src/pages/device/use-presence.ts: whether a device is online: asked of the index, then heard of at once.
import { useEffect, useState } from 'preact/hooks'
import { useAsked } from '../../asked.ts'
import type { Cloud } from '../../cloud/clients.ts'
import { deviceNamed } from '../../cloud/fleet.ts'
import type { Listening } from '../../cloud/messages.ts'
import { stateOf } from '../fleet-selection.ts'

const ASK_EVERY_MS = 30_000

/** Undefined while it is not known, or there is no such device. */
export function usePresence(cloud: Cloud, messages: Listening | undefined, serial: string): string | undefined {
  const { value: device } = useAsked(() => deviceNamed(cloud, serial), { about: serial, everyMs: ASK_EVERY_MS })
  const [heard, setHeard] = useState<boolean>()
  useEffect(() => {
    const listening = messages?.listen(['connected', 'disconnected'].map((kind) => `$aws/events/presence/${kind}/${serial}`), ({ topic }) => setHeard(topic.includes('/connected/')))
    return () => listening?.[Symbol.dispose]()
  }, [messages, serial])
  useEffect(() => setHeard(undefined), [device])
  return device && stateOf({ ...device, isOnline: heard ?? device.isOnline })
}
