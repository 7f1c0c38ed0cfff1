// infra/src/telemetry/readers.ts: what people may do with telemetry who are signed in to the console: read it, and as operators acknowledge alarms.
import { ACKNOWLEDGING_ATTRIBUTES } from '@fleet/contract/alarm'
import { fleetNames, type StageIdentity } from '@fleet/contract/names'
import { fleetArns } from '../arn.ts'
import type { Grant } from '../policy-document.ts'

/** For both groups of the console. */
export function telemetryReaders(stage: StageIdentity): readonly Grant[] {
  const { telemetryTable, lastStateTable, alarmsTable } = fleetNames(stage)
  const { table } = fleetArns(stage)
  return [
    { sid: 'ReadTelemetry', actions: ['dynamodb:GetItem', 'dynamodb:Query'], resources: [table(telemetryTable), table(lastStateTable), table(alarmsTable)] },
    { sid: 'ReadWholeFleet', actions: ['dynamodb:BatchGetItem', 'dynamodb:Scan'], resources: [table(lastStateTable), table(alarmsTable)] },
  ]
}

/**
 * For operators. They write who has seen an alarm, and when, but cannot raise, clear or change one: the request may name these attributes
 * alone, nor ask for others in its answer (DynamoDB guide, «Using IAM policy conditions for fine-grained access control»).
 */
export const telemetryOperators = (stage: StageIdentity): readonly Grant[] => [
  {
    sid: 'AcknowledgeAlarms',
    actions: ['dynamodb:UpdateItem'],
    resources: [fleetArns(stage).table(fleetNames(stage).alarmsTable)],
    condition: { 'ForAllValues:StringEquals': { 'dynamodb:Attributes': ACKNOWLEDGING_ATTRIBUTES }, StringEqualsIfExists: { 'dynamodb:ReturnValues': ['NONE', 'UPDATED_OLD', 'UPDATED_NEW'] } },
  },
]
