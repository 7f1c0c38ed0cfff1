// infra/src/telemetry/readers.ts: what people may do with telemetry who are signed in to the console: read it, and as operators acknowledge alarms.
import { acknowledgingAttributes, OPEN_ALARMS } from '@fleet/contract/alarm'
import { PERSON_TAG } from '@fleet/contract/console-settings'
import { fleetNames, type StageIdentity } from '@fleet/contract/names'
import { fleetArns } from '../arn.ts'
import type { Grant } from '../policy-document.ts'

/** For both groups of the console. */
export function telemetryReaders(stage: StageIdentity): readonly Grant[] {
  const { telemetryTable, alarmsTable } = fleetNames(stage)
  const { table } = fleetArns(stage)
  return [{ sid: 'ReadTelemetry', actions: ['dynamodb:Query'], resources: [table(telemetryTable), table(alarmsTable), `${table(alarmsTable)}/index/${OPEN_ALARMS.index}`] }]
}

/**
 * For operators. They write that they have seen an alarm, and when, but cannot say so of anybody else, nor raise, clear or change one: the
 * request may name these attributes alone, nor ask for others in its answer (DynamoDB guide, «Using IAM policy conditions for fine-grained
 * access control»). One of them has the name of who asks: the identity pool tags her session with it (Cognito guide, «Attributes for access control»).
 */
export const telemetryOperators = (stage: StageIdentity): readonly Grant[] => [
  {
    sid: 'AcknowledgeAlarms',
    actions: ['dynamodb:UpdateItem'],
    resources: [fleetArns(stage).table(fleetNames(stage).alarmsTable)],
    condition: {
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': acknowledgingAttributes(`\${aws:PrincipalTag/${PERSON_TAG}}`) },
      StringEqualsIfExists: { 'dynamodb:ReturnValues': ['NONE', 'UPDATED_OLD', 'UPDATED_NEW'] },
    },
  },
]
