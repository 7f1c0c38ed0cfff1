// ops/src/alarms/alarms.ts: reads the alarms of all devices, and acknowledges one as it is now.
import { ConditionalCheckFailedException, DynamoDBClient, GetItemCommand, paginateQuery, paginateScan, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { acknowledging, ALARM_KEYS, type Alarm, alarmIn, type AlarmName, OPEN_ALARMS, openAlarmsOf } from '@fleet/contract/alarm'
import { FleetError } from '@fleet/contract/errors'
import { plainItem } from '@fleet/contract/item'
import { explaining } from '../aws/aws-failure.ts'
import { clientConfig, named } from '../aws/client-config.ts'
import { collect } from '../aws/pages.ts'
import type { Target } from '../target/target.ts'

const clientOf = (target: Target) => named(new DynamoDBClient(clientConfig(target)))

/** The newest first. @throws FleetError */
export const openAlarms = (target: Target): Promise<Alarm[]> =>
  explaining(target, async () => {
    const client = clientOf(target)
    const query = (shard: string) => collect(paginateQuery({ client }, { TableName: target.names.alarmsTable, ...openAlarmsOf(shard) }), (page) => page.Items)
    const shards = await Promise.all(OPEN_ALARMS.shards.map(query))
    return newestFirst(alarmsIn(shards.flat())).filter(({ state }) => state === 'raised')
  })

/** Also those that are over: reads the whole table. The newest first. @throws FleetError */
export const allAlarms = (target: Target): Promise<Alarm[]> =>
  explaining(target, async () => {
    const items = await collect(paginateScan({ client: clientOf(target) }, { TableName: target.names.alarmsTable }), (page) => page.Items)
    return newestFirst(alarmsIn(items))
  })

const alarmsIn = (items: readonly Parameters<typeof plainItem>[0][]) => items.flatMap((item) => alarmIn(plainItem(item)) ?? [])
const newestFirst = (alarms: readonly Alarm[]) => alarms.toSorted((a, b) => b.receivedAt - a.receivedAt)

/** @throws FleetError ALARM_NOT_OPEN when it is not raised, or was raised again meanwhile */
export const acknowledge = (target: Target, { serial, alarm, by, now }: { readonly serial: string; readonly alarm: AlarmName; readonly by: string; readonly now: Date }): Promise<Alarm> =>
  explaining(target, async () => {
    const [client, TableName] = [clientOf(target), target.names.alarmsTable]
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: { [ALARM_KEYS.hash]: { S: serial }, [ALARM_KEYS.range]: { S: alarm } } }))
    const found = Item && alarmIn(plainItem(Item))
    if (found?.state !== 'raised') throw notOpen(`${serial} has no open alarm «${alarm}»`)
    await client.send(new UpdateItemCommand({ TableName, ...acknowledging(found, { by, at: now }) })).catch((error: unknown) => {
      throw error instanceof ConditionalCheckFailedException ? notOpen(`the alarm «${alarm}» of ${serial} has changed meanwhile`) : error
    })
    return { ...found, acknowledged: { by, at: now.toISOString() } }
  })

const notOpen = (what: string) => new FleetError('ALARM_NOT_OPEN', what, 'See what is open: fleet alarms list')
