// console/src/cloud/audit.ts: what Device Defender has found, and an audit now.
import { DescribeAccountAuditConfigurationCommand, ListAuditFindingsCommand, StartOnDemandAuditTaskCommand, type AuditFinding } from '@aws-sdk/client-iot'
import type { Cloud } from './clients.ts'

const LOOK_BACK_MS = 14 * 24 * 3_600_000
const MOST_PAGES = 4

export interface Finding {
  readonly id: string
  readonly check: string
  readonly severity: string
  readonly reason: string
  /** The certificate, policy or role that it is about. */
  readonly about: string
  readonly at: Date | undefined
}

/** Newest first; of the last 14 days, at most 1000. */
export async function findingsOf({ iot }: Pick<Cloud, 'iot'>): Promise<readonly Finding[]> {
  const found: Finding[] = []
  let nextToken: string | undefined
  for (let page = 0; page < MOST_PAGES && (page === 0 || nextToken !== undefined); page++) {
    const { findings = [], nextToken: next } = await iot.send(new ListAuditFindingsCommand({ startTime: new Date(Date.now() - LOOK_BACK_MS), endTime: new Date(Date.now() + 3_600_000), maxResults: 250, nextToken }))
    found.push(...findings.map(shown))
    nextToken = next
  }
  return found.sort((one, other) => (other.at?.getTime() ?? 0) - (one.at?.getTime() ?? 0))
}

function shown({ findingId: id = '', checkName: check = '', severity, reasonForNonCompliance: reason = '', findingTime: at, nonCompliantResource }: AuditFinding): Finding {
  const identifier = nonCompliantResource?.resourceIdentifier ?? {}
  const about = Object.values(identifier).find((value) => typeof value === 'string') ?? nonCompliantResource?.resourceType ?? ''
  return { id, check, severity: severity ?? '', reason, about, at }
}

/** Every check that the account has on, as `fleet audit` does. */
export async function auditNow({ iot }: Pick<Cloud, 'iot'>): Promise<void> {
  const { auditCheckConfigurations = {} } = await iot.send(new DescribeAccountAuditConfigurationCommand({}))
  const targetCheckNames = Object.entries(auditCheckConfigurations).flatMap(([name, { enabled }]) => (enabled === true ? [name] : []))
  await iot.send(new StartOnDemandAuditTaskCommand({ targetCheckNames }))
}
