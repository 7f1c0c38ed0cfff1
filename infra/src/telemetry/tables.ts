// infra/src/telemetry/tables.ts: where the page looks: the history of what devices report, their last state, their alarms.
import { ALARM_KEYS } from '@fleet/contract/alarm'
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { TELEMETRY_KEYS } from '@fleet/contract/telemetry'
import { Table } from '@pulumi/aws-native/dynamodb/table.js'
import type * as pulumi from '@pulumi/pulumi'

/** On demand: nobody has to guess how many devices will report, and a fleet that is silent costs nothing. */
export function telemetryTables(name: string, stage: Stage, parent: pulumi.Resource): readonly Table[] {
  const { telemetryTable, lastStateTable, alarmsTable } = fleetNames(stage)
  const { history, lastState } = TELEMETRY_KEYS
  const make = (part: string, tableName: string, { hash, range }: { readonly hash: string; readonly range: string }, expires?: string) =>
    new Table(
      `${name}-${part}`,
      {
        tableName,
        billingMode: 'PAY_PER_REQUEST',
        keySchema: [
          { attributeName: hash, keyType: 'HASH' },
          { attributeName: range, keyType: 'RANGE' },
        ],
        attributeDefinitions: [hash, range].map((attributeName) => ({ attributeName, attributeType: 'S' })),
        ...(expires !== undefined && { timeToLiveSpecification: { attributeName: expires, enabled: true } }),
        deletionProtectionEnabled: stage.protectsData,
      },
      { parent, protect: stage.protectsData },
    )
  return [make('history', telemetryTable, history, history.expires), make('last-state', lastStateTable, lastState), make('alarms', alarmsTable, ALARM_KEYS)]
}
