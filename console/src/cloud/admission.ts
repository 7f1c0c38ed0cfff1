// console/src/cloud/admission.ts: the allowlist as the cloud has it, what it would change, and a line more in it.
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { parseAllowlist } from '@fleet/contract/allowlist'
import { FleetError } from '@fleet/contract/errors'
import { storeKeys } from '@fleet/contract/names'
import { parseSerialNumber } from '@fleet/contract/serial-number'
import { planAllowlist, type Plan } from '@fleet/ops/allowlist/plan'
import { recentRefusals, type Refusal } from '@fleet/ops/status/refusals'
import type { Cloud } from './clients.ts'
import { searchFleet } from './fleet.ts'
import { storeOf } from './s3.ts'

export interface Admission {
  readonly text: string
  /** Of the list in the cloud: a change of it by somebody else is not overwritten. */
  readonly etag: string | undefined
  readonly plan: Plan
  readonly refusals: readonly Refusal[]
}

export async function readAdmission(cloud: Cloud, signal: AbortSignal): Promise<Admission> {
  const [{ text, etag }, devices, refusals] = await Promise.all([readList(cloud), allDevices(cloud, signal), recentRefusals(new CloudWatchLogsClient(cloud.config), cloud.names, new Date())])
  const list = parseAllowlist(text)
  const known = new Set(devices.map(({ serial }) => serial))
  return { text, etag, plan: planAllowlist(list, devices, { now: new Date() }), refusals: refusals.filter(({ serial }) => !list.has(serial) && !known.has(serial)) }
}

/** What the list would do if it read so; changes nothing. @throws FleetError ALLOWLIST_MALFORMED */
export async function planFor(cloud: Cloud, text: string, signal: AbortSignal): Promise<Plan> {
  return planAllowlist(parseAllowlist(text), await allDevices(cloud, signal), { now: new Date() })
}

/** Only adds: suspending takes `fleet allowlist apply`. @throws when another has changed the list meanwhile */
export async function admit(cloud: Cloud, { text, etag }: Pick<Admission, 'text' | 'etag'>, serial: string): Promise<void> {
  const line = `${text === '' || text.endsWith('\n') ? '' : '\n'}${parseSerialNumber(serial)}  # admitted in the console\n`
  if (await storeOf(cloud).replace(storeKeys.allowlist, text + line, { was: etag, contentType: 'text/plain; charset=utf-8' })) return
  throw new FleetError('ALLOWLIST_CHANGED_MEANWHILE', 'somebody else has changed the allowlist meanwhile', 'Look at it as it is now, and admit again.')
}

async function readList(cloud: Cloud): Promise<Pick<Admission, 'text' | 'etag'>> {
  const { text = '', etag } = (await storeOf(cloud).read(storeKeys.allowlist)) ?? {}
  return { text, etag }
}

async function allDevices(cloud: Cloud, signal: AbortSignal) {
  const devices = []
  for await (const page of searchFleet(cloud, { signal })) devices.push(...page.map(({ serial, isSuspended, seenAt }) => ({ serial, ...(isSuspended && { suspendedAt: seenAt ?? new Date() }) })))
  return devices
}
