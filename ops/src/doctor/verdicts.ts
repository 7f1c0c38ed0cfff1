// ops/src/doctor/verdicts.ts: what the answers of the cloud mean for the health of a stage.
import type { ReconcilePlan } from '../allowlist/reconcile.ts'
import { FORMER_CLAIM_DAYS } from '../claim/replace-claim.ts'
import type { ClaimReport } from '../claim/show-claim.ts'
import type { StackResult } from '../stack/stack-engine.ts'
import type { FleetStatus } from '../status/device-status.ts'
import { ok, warning, type Verdict } from './examination.ts'

/** A claim is on every card: the older, the more have had it in their hands (AWS IoT guide, «Provisioning by claim», on rotating claims). */
const CLAIM_OLD_DAYS = 365
const DAY_MS = 86_400_000

export function claimVerdict({ status, createdAt, hasPolicy, former, stage }: ClaimReport, now: Date): Verdict {
  const days = Math.floor((now.getTime() - new Date(createdAt).getTime()) / DAY_MS)
  if (status !== 'ACTIVE') return warning(`the claim certificate is ${status}: no new device can join`, 'If that is not meant, make it ACTIVE again in AWS IoT; devices that have joined do not need it.')
  if (!hasPolicy) return warning('the claim certificate has no claim policy: no new device can join', `Attach it: fleet deploy --stage ${stage}`)
  if (days > CLAIM_OLD_DAYS) return warning(`the claim certificate is ${days} days old`, `Make a new one for new cards: fleet claim replace --stage ${stage} (docs/runbooks/claim.md).`)
  const forgotten = former.find(({ replacedAt }) => now.getTime() - new Date(replacedAt).getTime() > FORMER_CLAIM_DAYS * DAY_MS)
  if (forgotten) return warning(`a former claim, replaced on ${forgotten.replacedAt.slice(0, 10)}, still lets devices join`, `When no card that carries it is left: fleet claim retire --stage ${stage}`)
  return ok(`ACTIVE, ${days} ${days === 1 ? 'day' : 'days'} old`)
}

export function stackVerdict({ changes, unchanged }: StackResult, stage: string): Verdict {
  if (changes.length === 0) return ok(`${unchanged} resources, as this checkout has them`)
  const named = changes.slice(0, 3).map(({ operation, name }) => `${operation} ${name}`).join(', ')
  return warning(`${changes.length} ${changes.length === 1 ? 'resource differs' : 'resources differ'} from this checkout: ${named}${changes.length > 3 ? ', …' : ''}`, `Bring it up to date: fleet deploy --stage ${stage}`)
}

/** Admissions are no difference: who is on the list joins when it asks. */
export function allowlistVerdict({ changes, listed, uploads }: ReconcilePlan, stage: string): Verdict {
  const differing = changes.filter(({ action }) => action !== 'admit').length
  if (!uploads && differing === 0) return ok(`${listed} serial numbers, the same in the cloud`)
  const parts = [...(uploads ? ['the cloud has another list'] : []), ...(differing > 0 ? [`${differing} ${differing === 1 ? 'device stands' : 'devices stand'} otherwise than the list says`] : [])]
  return warning(parts.join('; '), `Look at it, then make it so: fleet allowlist plan --stage ${stage}, fleet allowlist apply --stage ${stage}`)
}

/** Without these events nobody clears away what was signed for a rotation that was cut off (docs/decisions/0040). A deploy does not look at them again. */
export function jobEventsVerdict(isOn: boolean, region: string): Verdict {
  if (isOn) return ok('AWS IoT tells when a job has ended')
  return warning('AWS IoT does not tell when a job has ended: a certificate whose rotation timed out stays', `A setting of the account: aws iot update-event-configurations --region ${region} --event-configurations '{"JOB_EXECUTION":{"Enabled":true}}'`)
}

export function devicesVerdict({ devices, stage }: FleetStatus): Verdict {
  const count = (holds: (device: FleetStatus['devices'][number]) => boolean) => devices.filter(holds).length
  const unhealthy = devices.filter(({ health }) => health === 'unhealthy')
  const refused = count(({ state }) => state === 'refused')
  const said = `${count(({ state }) => state === 'active')} active, ${count(({ state }) => state === 'waiting')} waiting, ${count(({ state }) => state === 'suspended')} suspended`
  if (unhealthy.length > 0) return warning(`${said}; ${unhealthy.length} unhealthy: ${unhealthy.slice(0, 3).map(({ serial }) => serial).join(', ')}${unhealthy.length > 3 ? ', …' : ''}`, `See what runs there: fleet status <serial> --stage ${stage}, fleet logs <serial> --stage ${stage}`)
  if (refused > 0) return warning(`${said}; ${refused} refused within the last hour`, `If they are yours, add their lines to allowlist.txt and apply: fleet status --stage ${stage} names them.`)
  return ok(said)
}
