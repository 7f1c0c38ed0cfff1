// bench/src/alarms.ts: what it costs to see which alarms are open in a fleet of ten thousand: as `fleet alarms list` and the page ask.
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { OPEN_ALARMS } from '@fleet/contract/alarm'
import { allAlarms, openAlarms } from '@fleet/ops/alarms/alarms'
import { sandboxTarget } from '@fleet/ops/target/target'
import { countingProxy } from '@fleet/sandbox/operator/counting-proxy'
import { lightSerials } from '@fleet/sandbox/site/light/light-fleet'
import type { Bench, Tell } from './bench.ts'
import { openFleet } from './open-fleet.ts'
import { ROOT_KEY } from './open-twin.ts'

const DEVICES = 10_000
const OPEN = 100
/** Of BatchWriteItem. */
const MOST_WRITTEN = 25

export const bench: Bench = {
  how: `${DEVICES.toLocaleString('en-US')} devices with one alarm each in the table of the stack, of which ${OPEN} are open, then all; asked as \`fleet alarms list\` and the page do; every request is counted by a proxy before the twin`,
  async run(tell) {
    tell('bringing up the sandbox')
    await using sandbox = await openFleet({ allowed: lightSerials(1), pis: 0 })
    await using proxy = await countingProxy(sandbox.endpoints.gateway)
    const target = sandboxTarget({ ...sandbox.endpoints, gateway: proxy.url }, sandbox.target.sandbox?.folder ?? '')
    const db = new DynamoDBClient({ endpoint: sandbox.endpoints.gateway, region: sandbox.endpoints.region, credentials: ROOT_KEY })
    const measured = async (ask: () => Promise<readonly unknown[]>) => {
      proxy.calls.length = 0
      const began = performance.now()
      const { length } = await ask()
      return { length, ms: performance.now() - began, calls: proxy.calls.length }
    }
    await fill(db, { table: target.names.alarmsTable, isOpen: (index) => index < OPEN }, tell)
    const few = await measured(() => openAlarms(target))
    const every = await measured(() => allAlarms(target))
    await fill(db, { table: target.names.alarmsTable, isOpen: () => true }, tell)
    const all = await measured(() => openAlarms(target))
    return {
      figures: [
        { what: `${OPEN} of 10,000 open: alarms that are not in the list`, value: OPEN - few.length, unit: 'alarms', target: { atMost: 0 } },
        { what: `${OPEN} of 10,000 open: queries`, value: few.calls, unit: 'calls', target: { atMost: OPEN_ALARMS.shards.length } },
        { what: `${OPEN} of 10,000 open`, value: few.ms, unit: 'ms' },
        { what: 'the same table read whole', value: every.ms, unit: 'ms', note: 'as it was before there was an index; on AWS it also costs as much as 10,000 items' },
        { what: '10,000 of 10,000 open: alarms that are not in the list', value: DEVICES - all.length, unit: 'alarms', target: { atMost: 0 } },
        { what: '10,000 of 10,000 open: queries', value: all.calls, unit: 'calls' },
        { what: '10,000 of 10,000 open', value: all.ms, unit: 'ms' },
      ],
    }
  },
}

async function fill(db: DynamoDBClient, { table, isOpen }: { readonly table: string; readonly isOpen: (index: number) => boolean }, tell: Tell): Promise<void> {
  const puts = lightSerials(DEVICES).map((serial, index) => ({ PutRequest: { Item: itemOf(serial, index, isOpen(index)) } }))
  for (let from = 0; from < puts.length; from += MOST_WRITTEN) {
    if (from % 1000 === 0) tell(`writing alarms, ${from} of ${DEVICES}`)
    await db.send(new BatchWriteItemCommand({ RequestItems: { [table]: puts.slice(from, from + MOST_WRITTEN) } }))
  }
}

/** As the rules write them. */
const itemOf = (serial: string, index: number, isOpen: boolean) => ({
  ...{ thing: { S: serial }, alarm: { S: 'offline' }, state: { S: isOpen ? 'raised' : 'cleared' }, at: { S: '2026-11-21T10:00:00.000Z' }, why: { S: 'connection lost: CONNECTION_LOST' }, receivedAt: { N: String(1_795_255_200_000 + index) } },
  ...(isOpen ? { [OPEN_ALARMS.hash]: { S: serial.slice(OPEN_ALARMS.digitAt) } } : {}),
})
