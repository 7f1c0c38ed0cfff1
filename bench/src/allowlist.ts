// bench/src/allowlist.ts: what a reconcile of ten thousand devices costs in calls, counted on the wire, and in time.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AddThingToThingGroupCommand, AttachThingPrincipalCommand, CreateCertificateFromCsrCommand, CreateThingCommand, IoTClient } from '@aws-sdk/client-iot'
import { THING_ATTRIBUTES } from '@fleet/contract/registry'
import { certificateRequest, newKey } from '@fleet/ops/claim/claim-key'
import { reconcile } from '@fleet/ops/allowlist/reconcile'
import { sandboxTarget, type Target } from '@fleet/ops/target/target'
import { countingProxy } from '@fleet/sandbox/operator/counting-proxy'
import type { Sandbox } from '@fleet/sandbox/sandbox'
import { lightSerials } from '@fleet/sandbox/site/light/light-fleet'
import type { Bench, Tell } from './bench.ts'
import { openFleet } from './open-fleet.ts'
import { ROOT_KEY } from './open-twin.ts'

const THINGS = 10_000
const CHANGES = 100
const PAGE = 250 // the largest of ListThings
const AT_ONCE = 20

export const bench: Bench = {
  how: `${THINGS.toLocaleString('en-US')} devices in the registry; every request of the reconcile is counted by a proxy before the twin; then ${CHANGES} lines are removed from the list, which suspends these devices (groups, principals, certificate, attribute)`,
  async run(tell) {
    tell('bringing up the sandbox')
    const serials = lightSerials(THINGS)
    await using sandbox = await openFleet({ allowed: serials, pis: 0 })
    await fillRegistry(sandbox, serials, tell)
    await using proxy = await countingProxy(sandbox.endpoints.gateway)
    const target = sandboxTarget({ ...sandbox.endpoints, gateway: proxy.url }, sandbox.target.sandbox?.folder ?? '')
    const reconciled = (list: readonly string[]) => counted(proxy, target, list)

    tell('nothing to change')
    const unchanged = await reconciled(serials)
    tell(`${CHANGES} to change`)
    const removed = new Set(serials.slice(0, CHANGES))
    const changed = await reconciled(serials.slice(CHANGES))
    const ofDevices = changed.calls.filter((call) => !isList(call) && !isStore(call))
    const perDevice = [...removed].map((serial) => ofDevices.filter((call) => call.includes(serial)).length)
    const ofCertificates = ofDevices.filter((call) => call.startsWith('PUT /certificates/')).length
    const strangers = ofDevices.filter((call) => !call.startsWith('PUT /certificates/') && ![...removed].some((serial) => call.includes(serial)))
    return {
      figures: [
        { what: '10,000 unchanged: list calls', value: unchanged.calls.filter(isList).length, unit: 'calls', target: { atMost: THINGS / PAGE } },
        { what: '10,000 unchanged: other calls to the registry', value: unchanged.calls.filter((call) => !isList(call) && !isStore(call)).length, unit: 'calls', target: { atMost: 0 } },
        { what: '10,000 unchanged: HEAD of the list in S3', value: unchanged.calls.filter(isStore).length, unit: 'calls', note: 'the one call that tells whether the list itself has to be uploaded' },
        { what: '10,000 unchanged', value: unchanged.seconds, unit: 's' },
        { what: '100 changes: calls that concern another device', value: strangers.length, unit: 'calls', target: { atMost: 0 } },
        { what: '100 changes: calls per changed device', value: (sum(perDevice) + ofCertificates) / CHANGES, unit: 'calls', target: { atMost: 4 } },
        { what: '100 changes', value: changed.seconds, unit: 's' },
      ],
    }
  },
}

const isList = (call: string) => call === 'GET /things'
const isStore = (call: string) => call.endsWith('/allowlist.txt')
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

async function counted(proxy: { readonly calls: string[] }, target: Target, list: readonly string[]) {
  const file = join(mkdtempSync(join(tmpdir(), 'list-')), 'allowlist.txt')
  writeFileSync(file, `${list.join('\n')}\n`)
  proxy.calls.length = 0
  const began = performance.now()
  await reconcile(target, { file })
  return { seconds: (performance.now() - began) / 1000, calls: [...proxy.calls] }
}

/** As fleet provisioning leaves them; those that are going to change are whole, of the others only the thing is looked at. */
async function fillRegistry({ endpoints, target }: Sandbox, serials: readonly string[], tell: Tell): Promise<void> {
  const iot = new IoTClient({ endpoint: endpoints.gateway, region: endpoints.region, credentials: ROOT_KEY })
  const waiting = serials.entries()
  const attributes = { [THING_ATTRIBUTES.fleet]: target.names.thingGroup }
  const work = async () => {
    for (const [index, thingName] of waiting) {
      if (index % 250 === 0) tell(`registering devices, ${index} of ${serials.length}`)
      await iot.send(new CreateThingCommand({ thingName, attributePayload: { attributes } }))
      if (index >= CHANGES) continue
      const { certificateArn } = await iot.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest: await certificateRequest(newKey(), thingName), setAsActive: true }))
      await iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: target.names.thingGroup }))
      await iot.send(new AttachThingPrincipalCommand({ thingName, principal: certificateArn, thingPrincipalType: 'EXCLUSIVE_THING' }))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}
