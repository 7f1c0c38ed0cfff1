// console/src/cloud/alarms.ts: the alarms that are open, and acknowledging one as it is shown.
import { QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { acknowledging, ALARM_KEYS, type Alarm, alarmIn, OPEN_ALARMS, openAlarmsOf } from '@fleet/contract/alarm'
import { FleetError } from '@fleet/contract/errors'
import type { Cloud } from './clients.ts'
import { allItems, tablesOf } from './table.ts'

/** Those that nobody looks after first, then the newest. @param serial undefined: of all devices */
export async function openAlarms(cloud: Cloud, serial: string | undefined, abortSignal: AbortSignal): Promise<readonly Alarm[]> {
  const queries = serial === undefined ? OPEN_ALARMS.shards.map(openAlarmsOf) : [{ KeyConditionExpression: `${ALARM_KEYS.hash} = :thing`, ExpressionAttributeValues: { ':thing': { S: serial } } }]
  const ask = (query: (typeof queries)[number]) => allItems((ExclusiveStartKey) => tablesOf(cloud).send(new QueryCommand({ TableName: cloud.names.alarmsTable, ...query, ExclusiveStartKey }), { abortSignal }))
  const alarms = (await Promise.all(queries.map(ask))).flat().flatMap((item) => alarmIn(item) ?? [])
  return alarms.filter(({ state }) => state === 'raised').sort((one, other) => Number(one.acknowledged !== undefined) - Number(other.acknowledged !== undefined) || other.receivedAt - one.receivedAt)
}

/** @throws FleetError ALARM_NOT_OPEN when it is over, or was raised again meanwhile */
export async function acknowledge(cloud: Cloud, alarm: Alarm): Promise<void> {
  try {
    await tablesOf(cloud).send(new UpdateItemCommand({ TableName: cloud.names.alarmsTable, ...acknowledging(alarm, { by: cloud.session.username, at: new Date() }) }))
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error
    throw new FleetError('ALARM_NOT_OPEN', `the alarm «${alarm.alarm}» of ${alarm.thing} has changed meanwhile`, 'Look at what is open now; it is asked for again.')
  }
}
