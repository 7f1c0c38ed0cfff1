// ops/src/audit/audit.ts: runs an on-demand audit of AWS IoT Device Defender and collects what it found.
import { setTimeout as after } from 'node:timers/promises'
import { DescribeAccountAuditConfigurationCommand, DescribeAuditTaskCommand, paginateListAuditFindings, StartOnDemandAuditTaskCommand, type AuditFinding, type IoTClient } from '@aws-sdk/client-iot'
import { FleetError } from '@fleet/contract/errors'
import { collect } from '../aws/pages.ts'

export interface Finding {
  readonly check: string
  readonly severity: string
  readonly resource: string
  readonly reason: string
}

export interface Audit {
  readonly taskId: string
  readonly checks: readonly { readonly check: string; readonly status: string; readonly found: number }[]
  readonly findings: readonly Finding[]
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
  return { taskId, checks: checks.toSorted((a, b) => a.check.localeCompare(b.check)), findings }
}

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
  const named = Object.values(resourceIdentifier).find((value) => typeof value === 'string')
  return { check: checkName, severity: severity ?? '', resource: [resourceType, named].filter((part) => part !== undefined && part !== '').join(' '), reason: reasonForNonCompliance ?? reasonForNonComplianceCode }
}
