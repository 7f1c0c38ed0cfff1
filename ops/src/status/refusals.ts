// ops/src/status/refusals.ts: which devices asked to join and were refused, as the admission hook logged it.
import { FilterLogEventsCommand, ResourceNotFoundException, type CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import type { FleetNames } from '@fleet/contract/names'
import { SerialNumberSchema } from '@fleet/contract/serial-number-schema'
import * as z from 'zod'

export interface Refusal {
  readonly serial: string
  readonly why: string
  readonly at: Date
}

/** A refused device asks again within an hour at the latest (os-image: the longest pause between attempts). */
const LOOK_BACK_MS = 3_600_000
/** A device that is new asks often; what does not fit into so many pages is not looked at. */
const MOST_PAGES = 5

/** infra/src/admission/hook.ts. What calls itself by something that is no serial number is not listed: nobody could admit it. */
const HookLine = z.object({ event: z.literal('device refused'), why: z.string(), serial: SerialNumberSchema })

/** The last refusal of each serial number in the last hour: one call, up to five when there are many. */
export async function recentRefusals(logs: CloudWatchLogsClient, { admissionHook }: FleetNames, now: Date): Promise<Refusal[]> {
  const found = new Map<string, Refusal>()
  let nextToken: string | undefined
  for (let page = 0; page < MOST_PAGES && (page === 0 || nextToken !== undefined); page++) {
    const answer = await logs.send(new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${admissionHook}`, startTime: now.getTime() - LOOK_BACK_MS, filterPattern: '"device refused"', nextToken })).catch(noneIfMissing)
    for (const { message = '', timestamp = 0 } of answer?.events ?? []) {
      const line = HookLine.safeParse(jsonOf(message))
      if (line.success) found.set(line.data.serial, { serial: line.data.serial, why: line.data.why, at: new Date(timestamp) })
    }
    nextToken = answer?.nextToken
  }
  return [...found.values()]
}

/** A Lambda's line may have its own prefix: time, request id, level. */
function jsonOf(message: string): unknown {
  try {
    return JSON.parse(message.slice(message.indexOf('{')))
  } catch {
    return undefined // not a line of ours
  }
}

/** Before the first call of the hook there is no log group. */
function noneIfMissing(error: unknown): undefined {
  if (!(error instanceof ResourceNotFoundException)) throw error
}
