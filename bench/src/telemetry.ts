// bench/src/telemetry.ts: how much telemetry the sandbox takes: from basic ingest to the item in the history, the last state, the archive's stream and the log.
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import type { HealthMinute } from '@fleet/contract/health'
import type { TelemetryBatch } from '@fleet/contract/telemetry'
import type { Sandbox } from '@fleet/sandbox/sandbox'
import { lightSerials, provisionFleet } from '@fleet/sandbox/site/light/light-fleet'
import { switchOn, type LightPi } from '@fleet/sandbox/site/light/light-pi'
import type { Bench, Tell } from './bench.ts'
import { lightCloud } from './light-cloud.ts'
import { openFleet } from './open-fleet.ts'
import { ROOT_KEY } from './open-twin.ts'
import { cpuSecondsOf } from './processes.ts'

const DEVICES = 100
const BATCHES = 40
const TOTAL = DEVICES * BATCHES
const MINUTES_PER_BATCH = 5
const PATIENCE_MS = 120_000

export const bench: Bench = {
  how: `${DEVICES} light Pis send ${BATCHES} batches each by basic ingest, QoS 1, one after the other, each of ${MINUTES_PER_BATCH} minutes of health; the rule of the stack writes each to two tables, to the archive and to the log; measured from the first batch until the history has all of them`,
  async run(tell) {
    tell('bringing up the sandbox')
    const serials = lightSerials(DEVICES)
    await using sandbox = await openFleet({ allowed: serials, pis: 0 })
    const cloud = await lightCloud(sandbox)
    const { joined } = await provisionFleet({ serials, cloud })
    const pis = await Promise.all(joined.map((identity) => switchOn(identity, cloud)))
    const [began, before] = [performance.now(), cpuSecondsOf(sandbox.cloudPid)]
    let sent = 0
    await Promise.all(pis.map((pi) => sendAll(pi, () => ++sent % 200 === 0 && tell(`${sent} of ${TOTAL} batches sent`))))
    const stored = await untilStored(sandbox, tell)
    const seconds = (performance.now() - began) / 1000
    const cpuMs = ((cpuSecondsOf(sandbox.cloudPid) - before) * 1000) / TOTAL
    await Promise.all(pis.map((pi) => pi.end()))
    const rate = stored / seconds
    return {
      figures: [
        { what: `batches of ${DEVICES} devices taken and stored`, value: rate, unit: 'batches/s' },
        { what: 'devices whose health that is, each with a batch in five minutes', value: rate * MINUTES_PER_BATCH * 60, unit: 'devices', note: 'the default, fleetwright:telemetryHealthSeconds' },
        { what: `of ${TOTAL.toLocaleString('en-US')} batches, not in the history after`, value: TOTAL - stored, unit: 'batches', target: { atMost: 0 } },
        ...(Number.isNaN(cpuMs) ? [] : [{ what: "the twin's CPU time per batch", value: cpuMs, unit: 'ms' }]),
      ],
    }
  },
}

async function sendAll(pi: LightPi, hasSent: () => void): Promise<void> {
  for (let batch = 0; batch < BATCHES; batch++) {
    await pi.sendHealth(healthFrom(batch * MINUTES_PER_BATCH + 1))
    hasSent()
  }
}

function healthFrom(first: number): TelemetryBatch<'health'> {
  const entries = Array.from({ length: MINUTES_PER_BATCH }, (_, index) => minute(first + index))
  return { firstAt: entries[0]?.at ?? '', firstSequence: first, lastSequence: first + entries.length - 1, sentAt: new Date().toISOString(), lost: 0, entries }
}

const FROM_MS = Date.UTC(2026, 0, 1)
const minute = (sequence: number): HealthMinute => ({
  ...{ sequence, at: new Date(FROM_MS + sequence * 60_000).toISOString(), uptime: sequence * 60 },
  ...{ cpu: { mean: 12.5, max: 40 + (sequence % 50) }, memory: 31.5, disk: 22.1, temperature: { mean: 48.3, max: 51 }, throttled: [] },
})

/** @returns how many items the history has, when that are all or it has waited long enough */
async function untilStored({ target, endpoints }: Sandbox, tell: Tell): Promise<number> {
  const client = new DynamoDBClient({ endpoint: endpoints.gateway, region: endpoints.region, credentials: ROOT_KEY })
  const giveUpAt = performance.now() + PATIENCE_MS
  for (;;) {
    let count = 0
    for await (const { Count = 0 } of paginateScan({ client }, { TableName: target.names.telemetryTable, Select: 'COUNT' })) count += Count
    if (count >= TOTAL || performance.now() > giveUpAt) return count
    tell(`${count} of ${TOTAL} batches stored`)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
