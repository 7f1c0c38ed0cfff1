// bench/src/rollout.ts: a release to a thousand devices in waves: how many waves it takes, and where one stops that fails.
import { DescribeJobCommand, IoTClient, paginateListJobExecutionsForJob } from '@aws-sdk/client-iot'
import { rolloutPolicy } from '@fleet/infra/src/deployment/rollout-policy.ts'
import { coreFleet, type CoreFleet } from '@fleet/sandbox/operator/core-fleet'
import { BROKEN, TAKEN } from '@fleet/sandbox/site/light/light-core'
import { lightSerials } from '@fleet/sandbox/site/light/light-fleet'
import { setTimeout as after } from 'node:timers/promises'
import type { Bench, Tell } from './bench.ts'
import { ACCOUNT, openTwin, type Twin } from './open-twin.ts'

const DEVICES = 1000
const GROUP = 'fleet-bench'
/** `fleet deploy --canary 5%`, stopped at a tenth of failed ones. */
const FIRST = 50
const ABORT_PERCENT = 10
const POLICY = rolloutPolicy({ devicesPerMinute: 1000, firstPerMinute: FIRST, abortAtFailedPercent: ABORT_PERCENT, abortAfterDevices: 10 })
const JOB = POLICY.iotJobConfiguration as Parameters<CoreFleet['deploy']>[0] // plain values: it waits for no resource
const MINUTE_MS = 61_000
const LOOK_MS = 250
const MOST_WAVES = 40

/** At the end of a wave: all that were told have ended, or the job has. */
interface Wave {
  readonly told: number
  /** Of these: have come to an end of their own; the others were called off when the job stopped. */
  readonly executed: number
  readonly failed: number
  readonly isStopped: boolean
}

export const bench: Bench = {
  how: `${DEVICES.toLocaleString('en-US')} connected devices without components, first wave ${FIRST}, twice as many each time that as many have taken it, stopped at ${ABORT_PERCENT} % failed of at least 10; a wave is what is told within a minute: the cloud's clock is moved on when all of it has ended; then the same, where every device after the first ${FIRST * 3} that are told fails`,
  async run(tell) {
    tell('starting the twin')
    await using twin = await openTwin()
    let tries = 0
    let isBad = false
    await using fleet = await coreFleet({ ...twin, ...ACCOUNT }, {
      ...{ serials: lightSerials(DEVICES), thingGroup: GROUP },
      take: () => (isBad && ++tries > FIRST * 3 ? BROKEN : TAKEN),
      onConnected: (connected) => connected % 50 === 0 && tell(`${connected} of ${DEVICES} connected`),
    })
    const began = performance.now()
    const good = await rolledOut('a good release', { twin, fleet, tell })
    const seconds = (performance.now() - began) / 1000
    isBad = true
    const bad = await rolledOut('a bad release', { twin, fleet, tell })
    const crossed = bad.findIndex(({ executed, failed }) => failed / executed >= ABORT_PERCENT / 100)
    const last = bad.at(-1)
    return {
      figures: [
        { what: 'good release: devices that do not have it at the end', value: DEVICES - (good.at(-1)?.told ?? 0) + (good.at(-1)?.failed ?? 0), unit: 'devices', target: { atMost: 0 } },
        { what: 'good release: waves', value: good.length, unit: 'waves' },
        { what: 'good release: time of this machine, without the minutes between waves', value: seconds, unit: 's' },
        { what: 'bad release: waves begun after the threshold was crossed', value: crossed === -1 || last?.isStopped !== true ? NaN : bad.length - 1 - crossed, unit: 'waves', target: { atMost: 1 } },
        { what: `bad release: devices told, of ${DEVICES.toLocaleString('en-US')}`, value: last?.told ?? NaN, unit: 'devices' },
        { what: 'bad release: devices that failed', value: last?.failed ?? NaN, unit: 'devices' },
      ],
    }
  },
}

async function rolledOut(what: string, { twin, fleet, tell }: { readonly twin: Twin; readonly fleet: CoreFleet; readonly tell: Tell }): Promise<Wave[]> {
  const iot = new IoTClient(twin.client)
  const { jobId } = await fleet.deploy(JOB)
  const waves: Wave[] = []
  for (let told = 0; waves.length < MOST_WAVES; ) {
    const wave = await ended(iot, jobId, told)
    waves.push(wave)
    tell(`${what}: wave ${waves.length}, ${wave.told} told, ${wave.failed} failed`)
    if (wave.isStopped || wave.told === DEVICES) break
    told = wave.told
    await twin.advanceClock(MINUTE_MS)
  }
  return waves
}

/** Waits until more devices than `before` were told, and none of them works on it any more. */
async function ended(iot: IoTClient, jobId: string, before: number): Promise<Wave> {
  for (;;) {
    const { job } = await iot.send(new DescribeJobCommand({ jobId }))
    const statuses: (string | undefined)[] = []
    for await (const { executionSummaries = [] } of paginateListJobExecutionsForJob({ client: iot, pageSize: 250 }, { jobId })) statuses.push(...executionSummaries.map(({ jobExecutionSummary }) => jobExecutionSummary?.status))
    const count = (...wanted: readonly string[]) => statuses.filter((status) => wanted.includes(status ?? '')).length
    const isStopped = job?.status === 'CANCELED'
    const isOver = count('QUEUED', 'IN_PROGRESS') === 0 && (isStopped || statuses.length > before)
    const failed = count('FAILED', 'TIMED_OUT', 'REJECTED')
    if (isOver) return { told: statuses.length, executed: failed + count('SUCCEEDED'), failed, isStopped }
    await after(LOOK_MS)
  }
}
