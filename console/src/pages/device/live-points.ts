// console/src/pages/device/live-points.ts: what the messages of a device say of LED, button and themselves since the page was opened.
import { ButtonReported } from '@fleet/contract/button'
import { LedReported } from '@fleet/contract/led'
import * as z from 'zod'
import type { Message } from '../../cloud/messages.ts'
import { jsonOf } from '../use-fleet.ts'

const MINUTE_MS = 60_000
const Changed = z.object({ state: z.object({ reported: z.record(z.string(), z.unknown()).nullish() }) })

interface Live {
  readonly at: number
  readonly value: number
  readonly sequence: number | undefined
}

/** @param journal oldest first */
export function livePointsOf(journal: readonly Message[], openedAt: number) {
  const led: Live[] = []
  const button: Live[] = []
  const minutes = new Map<number, number>([[Math.floor(openedAt / MINUTE_MS), 0], [Math.floor(Date.now() / MINUTE_MS), 0]])
  for (const { topic, payload, at } of journal) {
    const minute = Math.floor(at.getTime() / MINUTE_MS)
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1)
    const reported = Changed.safeParse(jsonOf(payload)).data?.state.reported
    if (!reported || !topic.endsWith('/update/accepted')) continue
    const lit = LedReported.partial().safeParse(reported).data
    if (topic.includes('/name/led/') && lit?.on !== undefined) led.push({ at: at.getTime(), value: lit.on ? (lit.frequencyHz ?? led.at(-1)?.value ?? 1) : 0, sequence: lit.sequence })
    const presses = ButtonReported.partial().safeParse(reported).data?.presses
    if (topic.includes('/name/button/') && presses !== undefined) button.push({ at: at.getTime(), value: presses, sequence: presses })
  }
  return { led, button, messages: [...minutes].sort(([one], [other]) => one - other).map(([minute, value]) => ({ at: minute * MINUTE_MS, value })) }
}
