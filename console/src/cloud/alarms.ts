// console/src/cloud/alarms.ts: the alarms that are open, and acknowledging one as it is shown.
import { QueryCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { ACKNOWLEDGE, ALARM_KEYS, AlarmItem } from '@fleet/contract/alarm'
import { FleetError } from '@fleet/contract/errors'
import type { Cloud } from './clients.ts'
import { allItems, tablesOf } from './table.ts'

const OPEN = { FilterExpression: '#state = :raised', ExpressionAttributeNames: ACKNOWLEDGE.ExpressionAttributeNames }
const RAISED = { ':raised': { S: 'raised' } }

/** Those that nobody looks after first, then the newest. @param serial undefined: of all devices */
export async function openAlarms(cloud: Cloud, serial: string | undefined, signal: AbortSignal): Promise<readonly AlarmItem[]> {
  const table = { TableName: cloud.names.alarmsTable, ...OPEN }
  const items = await allItems((ExclusiveStartKey) =>
    serial === undefined
      ? tablesOf(cloud).send(new ScanCommand({ ...table, ExpressionAttributeValues: RAISED, ExclusiveStartKey }), { abortSignal: signal })
      : tablesOf(cloud).send(new QueryCommand({ ...table, KeyConditionExpression: `${ALARM_KEYS.hash} = :thing`, ExpressionAttributeValues: { ...RAISED, ':thing': { S: serial } }, ExclusiveStartKey }), { abortSignal: signal }),
  )
  return items.map((item) => AlarmItem.parse(item)).sort((one, other) => Number(isAcknowledged(one)) - Number(isAcknowledged(other)) || other.receivedAt - one.receivedAt)
}

export const isAcknowledged = ({ acknowledgedAt }: Pick<AlarmItem, 'acknowledgedAt'>): boolean => acknowledgedAt != null

/** @throws FleetError ALARM_NOT_OPEN when it is over, or was raised again meanwhile */
export async function acknowledge(cloud: Cloud, { thing, alarm, receivedAt }: AlarmItem): Promise<void> {
  const values = { ...RAISED, ':at': { S: new Date().toISOString() }, ':by': { S: cloud.session.username }, ':receivedAt': { N: String(receivedAt) } }
  try {
    await tablesOf(cloud).send(new UpdateItemCommand({ TableName: cloud.names.alarmsTable, Key: { [ALARM_KEYS.hash]: { S: thing }, [ALARM_KEYS.range]: { S: alarm } }, ...ACKNOWLEDGE, ExpressionAttributeValues: values }))
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error
    throw new FleetError('ALARM_NOT_OPEN', `the alarm «${alarm}» of ${thing} has changed meanwhile`, 'Look at what is open now; it is asked for again.')
  }
}
