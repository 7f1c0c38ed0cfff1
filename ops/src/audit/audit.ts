// ops/src/audit/audit.ts: runs an on-demand audit of AWS IoT Device Defender and collects what it found.
import { setTimeout as after } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { DescribeAccountAuditConfigurationCommand, DescribeAuditTaskCommand, paginateListAuditFindings, paginateListAuditSuppressions, StartOnDemandAuditTaskCommand, type AuditFinding, type IoTClient, type ResourceIdentifier } from '@aws-sdk/client-iot'
import { FleetError } from '@fleet/contract/errors'
import { collect } from '../aws/pages.ts'

export interface Finding {
  readonly check: string
  readonly severity: string
  readonly resource: string
  readonly reason: string
}

/** What somebody decided to live with: a suppression of Device Defender. */
export interface AcceptedFinding extends Finding {
  readonly because: string
}

export interface Audit {
  readonly taskId: string
  readonly checks: readonly { readonly check: string; readonly status: string; readonly found: number }[]
  readonly findings: readonly Finding[]
  readonly accepted: readonly AcceptedFinding[]
}

const LOOK_MS = 1000
const MOST_PER_PAGE = 250

/** @throws FleetError AUDIT_OFF, AUDIT_UNFINISHED */
export async function runAuditNow(iot: IoTClient, { waitMs, signal, onLook }: { readonly waitMs: number; readonly signal: AbortSignal; readonly onLook: (done: number, of: number) => void }): Promise<Audit> {
  const { auditCheckConfigurations = {} } = await iot.send(new DescribeAccountAuditConfigurationCommand({}))
  const targetCheckNames = Object.entries(auditCheckConfigurations).flatMap(([name, { enabled }]) => (enabled === true ? [name] : []))
  if (targetCheckNames.length === 0) throw new FleetError('AUDIT_OFF', 'no audit check is on in this account', 'Deploy the stage that manages the settings of the account (fleet deploy): it turns them on.')
  const { taskId = '' } = await iot.send(new StartOnDemandAuditTaskCommand({ targetCheckNames }))
  const details = await ended(iot, taskId, { waitMs, signal, onLook })
  const found = await collect(paginateListAuditFindings({ client: iot, pageSize: MOST_PER_PAGE }, { taskId }), ({ findings }) => findings)
  const findings = found.filter(({ isSuppressed }) => isSuppressed !== true).map(readFinding)
  const checks = Object.entries(details).map(([check, { checkRunStatus = '' }]) => ({ check, status: checkRunStatus, found: findings.filter((each) => each.check === check).length }))
  const accepted = await withReasons(iot, found.filter(({ isSuppressed }) => isSuppressed === true))
  return { taskId, checks: checks.toSorted((a, b) => a.check.localeCompare(b.check)), findings, accepted }
}

async function withReasons(iot: IoTClient, suppressed: readonly AuditFinding[]): Promise<AcceptedFinding[]> {
  if (suppressed.length === 0) return []
  const suppressions = await collect(paginateListAuditSuppressions({ client: iot, pageSize: MOST_PER_PAGE }, {}), (page) => page.suppressions)
  return suppressed.map((finding) => {
    const { description = '' } = suppressions.find(({ checkName, resourceIdentifier }) => checkName === finding.checkName && isSame(resourceIdentifier, finding.nonCompliantResource?.resourceIdentifier)) ?? {}
    return { ...readFinding(finding), because: description }
  })
}

/** Members that are not given do not count. */
const isSame = (one: ResourceIdentifier = {}, other: ResourceIdentifier = {}) => isDeepStrictEqual(JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other)))

async function ended(iot: IoTClient, taskId: string, { waitMs, signal, onLook }: Parameters<typeof runAuditNow>[1]) {
  const until = performance.now() + waitMs
  for (;;) {
    const { taskStatus, auditDetails = {}, taskStatistics: { totalChecks = 0, compliantChecks = 0, nonCompliantChecks = 0 } = {} } = await iot.send(new DescribeAuditTaskCommand({ taskId }))
    if (taskStatus !== 'IN_PROGRESS') return auditDetails
    onLook(compliantChecks + nonCompliantChecks, totalChecks)
    if (performance.now() >= until) throw new FleetError('AUDIT_UNFINISHED', `the audit ${taskId} goes on`, 'Large accounts take longer: repeat with a longer --wait, or look at it in the console of AWS IoT.')
    await after(LOOK_MS, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}

function readFinding({ checkName = '', severity, nonCompliantResource, reasonForNonCompliance, reasonForNonComplianceCode = '' }: AuditFinding): Finding {
  const { resourceType = '', resourceIdentifier = {} } = nonCompliantResource ?? {}
  return { check: checkName, severity: severity ?? '', resource: [resourceType, ...namesIn(resourceIdentifier)].filter((part) => part !== '').join(' '), reason: reasonForNonCompliance ?? reasonForNonComplianceCode }
}

/** `fleet-dev-thing 3`: a policy and its version are two names in one. */
const namesIn = (value: unknown): readonly string[] => (typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(namesIn) : [])
