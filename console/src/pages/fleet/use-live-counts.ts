// console/src/pages/fleet/use-live-counts.ts: messages a minute and devices online, as they were since the page was opened.
import { shadows } from '@fleet/contract/topics'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Cloud } from '../../cloud/clients.ts'
import type { Listening } from '../../cloud/messages.ts'
import { Level, Rate, type Point } from '../../live-counts.ts'

const LOOK_EVERY_MS = 5000

/** What devices say over the broker; their telemetry goes past it, by basic ingest. */
const HEARD = ['fleet/#', ...Object.values(shadows).map(({ updateAccepted }) => updateAccepted.of('+')), '$aws/things/+/jobs/+/update/accepted']

const kept = new WeakMap<Cloud, { readonly messages: Rate; readonly online: Level }>()

export interface LiveCounts {
  readonly messages: readonly Point[]
  readonly online: readonly Point[]
}

/** `online`: undefined until it is known. */
export function useLiveCounts(cloud: Cloud, messages: Listening | undefined, online: number | undefined): LiveCounts {
  const counts = kept.get(cloud) ?? { messages: new Rate(), online: new Level() }
  kept.set(cloud, counts)
  const [points, setPoints] = useState<LiveCounts>({ messages: counts.messages.points, online: counts.online.points })
  const latest = useRef(online)
  latest.current = online
  useEffect(() => {
    const listening = messages?.listen(HEARD, () => counts.messages.count())
    return () => listening?.[Symbol.dispose]()
  }, [messages])
  useEffect(() => {
    const look = () => {
      if (latest.current === undefined) return
      setPoints({ messages: counts.messages.look(), online: counts.online.look(latest.current) })
    }
    look()
    const timer = setInterval(look, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [online === undefined])
  return points
}
