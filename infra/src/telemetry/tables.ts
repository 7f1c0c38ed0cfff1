// infra/src/telemetry/tables.ts: where the page looks: the history of what devices report, their last state, their alarms.
import { ALARM_KEYS, OPEN_ALARMS } from '@fleet/contract/alarm'
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { TELEMETRY_KEYS } from '@fleet/contract/telemetry'
import { Table, type TableArgs } from '@pulumi/aws-native/dynamodb/table.js'
import type * as pulumi from '@pulumi/pulumi'

/** On demand: nobody has to guess how many devices will report, and a fleet that is silent costs nothing. */
export function telemetryTables(name: string, stage: Stage, parent: pulumi.Resource): readonly Table[] {
  const { telemetryTable, lastStateTable, alarmsTable } = fleetNames(stage)
  const { history, lastState } = TELEMETRY_KEYS
  const make = (part: string, tableName: string, { hash, range }: { readonly hash: string; readonly range: string }, more: Partial<TableArgs> = {}) =>
    new Table(
      `${name}-${part}`,
      {
        tableName,
        billingMode: 'PAY_PER_REQUEST',
        keySchema: [
          { attributeName: hash, keyType: 'HASH' },
          { attributeName: range, keyType: 'RANGE' },
        ],
        attributeDefinitions: texts(hash, range),
        ...more,
        deletionProtectionEnabled: stage.protectsData,
      },
      { parent, protect: stage.protectsData },
    )
  const expires = { timeToLiveSpecification: { attributeName: history.expires, enabled: true } }
  return [make('history', telemetryTable, history, expires), make('last-state', lastStateTable, lastState), make('alarms', alarmsTable, ALARM_KEYS, whatIsOpen())]
}

const texts = (...names: readonly string[]) => names.map((attributeName) => ({ attributeName, attributeType: 'S' }))

/** Items without its keys are not in it: it costs nothing while nothing is wrong. */
function whatIsOpen(): Partial<TableArgs> {
  const { index: indexName, hash, range } = OPEN_ALARMS
  return {
    attributeDefinitions: [...texts(ALARM_KEYS.hash, ALARM_KEYS.range, hash), { attributeName: range, attributeType: 'N' }],
    globalSecondaryIndexes: [{ indexName, keySchema: [{ attributeName: hash, keyType: 'HASH' }, { attributeName: range, keyType: 'RANGE' }], projection: { projectionType: 'ALL' } }],
  }
}
