// bench/src/rotation/rotation-pi.ts: one whole Pi whose certificate is found to be too old: how long until it has another, and what its rotator takes.
import { execFileSync } from 'node:child_process'
import { setTimeout as after } from 'node:timers/promises'
import { IoTClient, ListAuditTasksCommand, ListThingPrincipalsCommand } from '@aws-sdk/client-iot'
import { controlClient } from '@fleet/ops/sandbox/control-client'
import { parseSerialNumber, type SerialNumber } from '@fleet/contract/serial-number'
import { lightSerials } from '@fleet/sandbox/site/light/light-fleet'
import type { Sandbox } from '@fleet/sandbox/sandbox'
import type { Bench } from '../bench.ts'
import { openFleet } from '../open-fleet.ts'
import { ROOT_KEY } from '../open-twin.ts'
import { memoryOf, treeOf } from '../processes.ts'

const ROTATOR = 'fleetwright.cert-rotator'
const DAY_MS = 86_400_000
const TOO_OLD_DAYS = 181
const LOOK_MS = 50

export const bench: Bench = {
  how: "one Pi on the whole sandbox, its rotator running; the twin's clock goes 181 days ahead; from the end of the daily audit to the moment at which the cloud has one certificate of the Pi, another one than before; then the memory of the rotator's process",
  async run(tell) {
    tell('bringing up the sandbox')
    const serial = parseSerialNumber(lightSerials(1)[0] ?? '')
    await using sandbox = await openFleet({ allowed: [serial], pis: 1 })
    await rotatorRuns(sandbox, serial)
    const iot = new IoTClient({ endpoint: sandbox.endpoints.gateway, region: sandbox.endpoints.region, credentials: ROOT_KEY })
    const [old] = await certificatesOf(iot, serial)
    tell('half a year passes')
    await controlClient(sandbox.endpoints.console).cloudClock({ advanceMs: TOO_OLD_DAYS * DAY_MS })
    await auditHasEnded(iot)
    const began = performance.now()
    tell('rotating')
    for (;;) {
      const [now, ...others] = await certificatesOf(iot, serial)
      if (now !== undefined && now !== old && others.length === 0) break
      await after(LOOK_MS)
    }
    const seconds = (performance.now() - began) / 1000
    await rotatorRuns(sandbox, serial)
    const { rssMb, pssMb } = memoryOf([await rotatorPid(serial)])
    return {
      figures: [
        { what: 'from the finding to the finish, one Pi', value: seconds, unit: 's', note: 'a restart of its nucleus included' },
        { what: 'rotator after a rotation, RSS', value: rssMb, unit: 'MB', target: { atMost: 60 }, note: 'counts the pages of the programs of Node.js and of the SDK, which all components share, in full' },
        ...(pssMb === undefined ? [] : [{ what: 'rotator after a rotation, PSS', value: pssMb, unit: 'MB', note: 'those pages divided among the processes here that have them' }]),
      ],
    }
  },
}

async function rotatorRuns({ site }: Sandbox, serial: SerialNumber): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const look = () => {
    const stand = site.pi(serial)?.stand
    if (stand?.connected === true && stand.components.some(({ name, state }) => name === ROTATOR && state === 'RUNNING')) resolve(undefined)
  }
  await using waiting = new AsyncDisposableStack()
  waiting.defer(site.watch(look))
  look()
  await promise
}

const certificatesOf = async (iot: IoTClient, thingName: string) => (await iot.send(new ListThingPrincipalsCommand({ thingName }))).principals ?? []

/** One that began after the clock went ahead. */
async function auditHasEnded(iot: IoTClient): Promise<void> {
  const [startTime, endTime] = [TOO_OLD_DAYS - 1, TOO_OLD_DAYS + 1].map((days) => new Date(Date.now() + days * DAY_MS))
  for (;;) {
    const { tasks = [] } = await iot.send(new ListAuditTasksCommand({ startTime, endTime, taskStatus: 'COMPLETED' }))
    if (tasks.length > 0) return
    await after(LOOK_MS)
  }
}

/** Its container is a process here; its environment names the exchange folder that no other component has. It may be starting. */
async function rotatorPid(serial: SerialNumber): Promise<number> {
  for (;;) {
    const ours = new Set(treeOf(process.pid).map(({ pid }) => pid))
    const lines = execFileSync('ps', ['axeww', '-o', 'pid=,args='], { encoding: 'utf8', maxBuffer: 64e6 }).split('\n')
    const pids = lines.filter((line) => [`AWS_IOT_THING_NAME=${serial}`, 'main.cjs', '/rotation/host'].every((word) => line.includes(word))).map((line) => Number.parseInt(line, 10))
    const found = pids.find((pid) => ours.has(pid))
    if (found !== undefined) return found
    await after(LOOK_MS)
  }
}
