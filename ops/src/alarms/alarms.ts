// ops/src/alarms/alarms.ts: reads the alarms of all devices, and acknowledges one as it is now.
import { ConditionalCheckFailedException, DynamoDBClient, GetItemCommand, paginateScan, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { ACKNOWLEDGE, ALARM_KEYS, AlarmItem, type AlarmName } from '@fleet/contract/alarm'
import { FleetError } from '@fleet/contract/errors'
import { plainItem } from '@fleet/contract/item'
import { explaining } from '../aws/aws-failure.ts'
import { clientConfig, named } from '../aws/client-config.ts'
import { collect } from '../aws/pages.ts'
import type { Target } from '../target/target.ts'

const clientOf = (target: Target) => named(new DynamoDBClient(clientConfig(target)))

/** The newest first. @throws FleetError */
export const alarmsOf = (target: Target): Promise<AlarmItem[]> =>
  explaining(target, async () => {
    const items = await collect(paginateScan({ client: clientOf(target) }, { TableName: target.names.alarmsTable }), (page) => page.Items)
    return items.map((item) => AlarmItem.parse(plainItem(item))).toSorted((a, b) => b.receivedAt - a.receivedAt)
  })

/** @throws FleetError ALARM_NOT_OPEN when it is not raised, or was raised again meanwhile */
export const acknowledge = (target: Target, { serial, alarm, by, now }: { readonly serial: string; readonly alarm: AlarmName; readonly by: string; readonly now: Date }): Promise<AlarmItem> =>
  explaining(target, async () => {
    const client = clientOf(target)
    const where = { TableName: target.names.alarmsTable, Key: { [ALARM_KEYS.hash]: { S: serial }, [ALARM_KEYS.range]: { S: alarm } } }
    const { Item } = await client.send(new GetItemCommand(where))
    const found = Item && AlarmItem.parse(plainItem(Item))
    if (found?.state !== 'raised') throw notOpen(`${serial} has no open alarm «${alarm}»`)
    const acknowledged = { acknowledgedAt: now.toISOString(), acknowledgedBy: by }
    const values = { ':at': { S: acknowledged.acknowledgedAt }, ':by': { S: by }, ':raised': { S: 'raised' }, ':receivedAt': { N: String(found.receivedAt) } }
    await client.send(new UpdateItemCommand({ ...where, ...ACKNOWLEDGE, ExpressionAttributeValues: values })).catch((error: unknown) => {
      throw error instanceof ConditionalCheckFailedException ? notOpen(`the alarm «${alarm}» of ${serial} has changed meanwhile`) : error
    })
    return { ...found, ...acknowledged }
  })

const notOpen = (what: string) => new FleetError('ALARM_NOT_OPEN', what, 'See what is open: fleet alarms list')
