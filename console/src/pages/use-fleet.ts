// console/src/pages/use-fleet.ts: the devices of the stage, asked for once and then kept up by what AWS IoT tells of connections.
import { useEffect, useState } from 'preact/hooks'
import * as z from 'zod'
import type { Cloud } from '../cloud/clients.ts'
import { searchFleet, type Device, type Search } from '../cloud/fleet.ts'
import type { Listening } from '../cloud/messages.ts'
import { failureOf, type Failure } from '../failure.ts'

/** The index follows within seconds; connections are heard of at once. */
const ASK_EVERY_MS = 60_000
/** Many devices at once are drawn together. */
const DRAW_EVERY_MS = 200
/** While the rest is coming: each time, all that have come are put in order. */
const DRAW_COMING_EVERY_MS = 1000

/** AWS IoT guide, «Connect/Disconnect events». */
const Presence = z.object({ clientId: z.string(), eventType: z.enum(['connected', 'disconnected']), timestamp: z.number() })

export interface FleetState {
  readonly devices: readonly Device[]
  readonly isComplete: boolean
  readonly failure: Failure | undefined
}

/** @param query in the words of the fleet index; empty: all devices */
export function useFleet(cloud: Cloud, messages: Listening | undefined, query: string): FleetState & { readonly again: () => void } {
  const [state, setState] = useState<FleetState>({ devices: [], isComplete: false, failure: undefined })
  const [turn, setTurn] = useState(0)
  const again = () => setTurn((former) => former + 1)
  useEffect(() => {
    const ending = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const run = async () => {
      await collect(cloud, { signal: ending.signal, query }, setState).catch((error: unknown) => {
        if (!ending.signal.aborted) setState((former) => ({ ...former, failure: failureOf(error) }))
      })
      if (!ending.signal.aborted) timer = setTimeout(again, ASK_EVERY_MS) // a large fleet over a slow line takes longer than this
    }
    void run()
    return () => {
      ending.abort()
      clearTimeout(timer)
    }
  }, [cloud, turn, query])
  useEffect(() => {
    const known = new Map<string, z.infer<typeof Presence>>()
    const listening = messages?.listen(['$aws/events/presence/connected/+', '$aws/events/presence/disconnected/+'], ({ payload }) => {
      const event = Presence.safeParse(jsonOf(payload))
      if (event.success) known.set(event.data.clientId, event.data)
    })
    const timer = setInterval(() => {
      if (known.size === 0) return
      const events = new Map(known)
      known.clear()
      setState((former) => ({ ...former, devices: former.devices.map((device) => withPresence(device, events.get(device.serial))) }))
    }, DRAW_EVERY_MS)
    return () => {
      clearInterval(timer)
      listening?.[Symbol.dispose]()
    }
  }, [messages])
  return { ...state, again }
}

async function collect(cloud: Cloud, search: Search, show: (state: (former: FleetState) => FleetState) => void): Promise<void> {
  const devices: Device[] = []
  let drawnAt = -Infinity // the first page at once
  for await (const page of searchFleet(cloud, search)) {
    devices.push(...page)
    if (performance.now() - drawnAt < DRAW_COMING_EVERY_MS) continue
    drawnAt = performance.now()
    const sofar = [...devices]
    show((former) => (former.isComplete ? former : { devices: sofar, isComplete: false, failure: undefined }))
  }
  show(() => ({ devices, isComplete: true, failure: undefined }))
}

const withPresence = (device: Device, event: z.infer<typeof Presence> | undefined): Device =>
  event === undefined ? device : { ...device, isOnline: event.eventType === 'connected', seenAt: new Date(event.timestamp) }

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // not JSON: nothing that we can read
  }
}
