// bench/src/light-pis.ts: a thousand Pis at once through the real claim flow: hook bundle, template, policy, on the stack of the real Pulumi program.
import { IoTClient, paginateListThingsInThingGroup } from '@aws-sdk/client-iot'
import type { Sandbox } from '@fleet/sandbox/sandbox'
import { lightSerials, provisionFleet } from '@fleet/sandbox/site/light/light-fleet'
import { switchOn } from '@fleet/sandbox/site/light/light-pi'
import type { Bench } from './bench.ts'
import { lightCloud } from './light-cloud.ts'
import { openFleet } from './open-fleet.ts'
import { ROOT_KEY } from './open-twin.ts'
import { cpuSecondsOf } from './processes.ts'

const PIS = 1000
const WARM_UP = 100
const REPORTING = 50

export const bench: Bench = {
  how: `${PIS.toLocaleString('en-US')} light Pis in one process, 32 at a time, quotas off; each makes a P-256 key, connects by TLS with the claim, sends its CSR, is judged by the hook's shipped bundle and registered; after ${WARM_UP} that are not counted; ${REPORTING} of them then connect as themselves and report shadow and telemetry`,
  async run(tell) {
    tell('bringing up the sandbox')
    const [first, counted] = [lightSerials(WARM_UP), lightSerials(PIS, WARM_UP)]
    await using sandbox = await openFleet({ allowed: [...first, ...counted], pis: 0 })
    const cloud = await lightCloud(sandbox)
    await provisionFleet({ serials: first, cloud })
    let joinedSoFar = 0
    const [began, ownBefore, twinBefore] = [performance.now(), process.cpuUsage(), cpuSecondsOf(sandbox.cloudPid)]
    const { joined, refused, retries } = await provisionFleet({ serials: counted, cloud, onJoined: () => ++joinedSoFar % 50 === 0 && tell(`${joinedSoFar} of ${PIS} have joined`) })
    const seconds = (performance.now() - began) / 1000
    const { user, system } = process.cpuUsage(ownBefore)
    const cpuMs = { pi: (user + system) / 1000 / PIS, twin: ((cpuSecondsOf(sandbox.cloudPid) - twinBefore) * 1000) / PIS }
    const registered = new Set(await thingsOf(sandbox))
    const missing = joined.filter(({ serial }) => !registered.has(serial))
    tell('some of them report')
    const reported = await Promise.allSettled(joined.slice(0, REPORTING).map(async (identity) => {
      const pi = await switchOn(identity, cloud)
      await pi.reportShadow({ frequencyHz: 1 })
      const at = new Date().toISOString()
      await pi.sendTelemetry({ firstAt: at, firstSequence: 1, lastSequence: 1, sentAt: at, lost: 0, entries: [{ sequence: 1, at, on: true, frequencyHz: 1 }] })
      await pi.end()
    }))
    return {
      figures: [
        { what: 'light Pis provisioned by claim', value: joined.length / seconds, unit: 'Pis/s', target: { atLeast: 100 }, note: 'AWS admits 10 a second' },
        { what: `of ${PIS.toLocaleString('en-US')}, refused or not in the registry after`, value: refused.length + missing.length, unit: 'Pis', target: { atMost: 0 } },
        ...(Number.isNaN(cpuMs.twin) ? [] : [{ what: "the twin's CPU time per Pi", value: cpuMs.twin, unit: 'ms', note: 'with two free cores the rate is 1000 divided by the larger of these two' }, { what: "a light Pi's own CPU time", value: cpuMs.pi, unit: 'ms' }]),
        { what: 'tries that had to be repeated', value: retries, unit: 'tries' },
        { what: `of ${REPORTING} that reported, failed`, value: reported.filter(({ status }) => status === 'rejected').length, unit: 'Pis', target: { atMost: 0 } },
      ],
    }
  },
}

async function thingsOf({ target, endpoints }: Sandbox): Promise<string[]> {
  const client = new IoTClient({ endpoint: endpoints.gateway, region: endpoints.region, credentials: ROOT_KEY })
  const things: string[] = []
  for await (const page of paginateListThingsInThingGroup({ client, pageSize: 250 }, { thingGroupName: target.names.thingGroup })) things.push(...(page.things ?? []))
  return things
}
