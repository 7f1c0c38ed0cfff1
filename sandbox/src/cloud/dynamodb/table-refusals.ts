// sandbox/src/cloud/dynamodb/table-refusals.ts: what the sandbox's tables do not do is refused by name: kept and not done, it would look done.
import type { CreateTableCommandInput, UpdateTableCommandInput } from '@aws-sdk/client-dynamodb'
import { AwsError } from '../aws-error.ts'

const MEMBERS = ['WarmThroughput', 'OnDemandThroughput', 'ResourcePolicy', 'ReplicaUpdates', 'MultiRegionConsistency', 'GlobalTableWitnessUpdates', 'GlobalTableSourceArn', 'GlobalTableSettingsReplicationMode'] as const
const OF_INDEXES = ['WarmThroughput', 'OnDemandThroughput'] as const

type TableInput = Partial<CreateTableCommandInput & UpdateTableCommandInput>

/** @throws AwsError ValidationException */
export function refuseUnoffered(input: TableInput): void {
  const { StreamSpecification, GlobalSecondaryIndexes = [], GlobalSecondaryIndexUpdates = [] } = input
  const changed = GlobalSecondaryIndexUpdates.map(({ Update }) => Update ?? {})
  const not = [
    StreamSpecification?.StreamEnabled ? 'streams' : undefined,
    GlobalSecondaryIndexUpdates.some(({ Create, Delete }) => Create ?? Delete) ? 'global indexes of a table that is there' : undefined,
    MEMBERS.find((name) => (input as Readonly<Record<string, unknown>>)[name] !== undefined),
    OF_INDEXES.find((name) => [...GlobalSecondaryIndexes, ...changed].some((index) => (index as Readonly<Record<string, unknown>>)[name] !== undefined)),
  ].find((name) => name !== undefined)
  if (not !== undefined) throw new AwsError('ValidationException', `Not offered by the sandbox: ${not}.`, { status: 400 })
}
