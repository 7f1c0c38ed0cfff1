// sandbox/src/site/light/light-fleet.test.ts: light Pis join by the real claim flow, also when AWS's rates are in force, and report.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testCloud, type TestCloud } from '../cloud.testing.ts'
import { networkCable } from '../network.ts'
import { lightSerials, provisionFleet } from './light-fleet.ts'
import { switchOn, type LightCloud } from './light-pi.ts'

let cloud: TestCloud
let light: LightCloud
beforeAll(async () => {
  cloud = await testCloud({ quotas: true })
  light = {
    network: networkCable({ now: () => new Date() }),
    host: 'localhost',
    mqttPort: cloud.settings.MQTT_PORT,
    rootCaPem: cloud.cloud.endpoints.caPem,
    claim: cloud.claim,
    provisioningTemplate: cloud.settings.PROVISIONING_TEMPLATE,
    telemetryRule: cloud.telemetryRule,
  }
})
afterAll(() => cloud[Symbol.asyncDispose]())

test('30 of them, though the cloud admits 10 a second: none fails; each has its shadow and its telemetry', async () => {
  const serials = lightSerials(30)
  await cloud.admit(...serials)
  const { joined, refused } = await provisionFleet({ serials, cloud: light, atOnce: 4 }) // each of them may start a container of the hook, which has 5 s in all
  expect(refused).toEqual([])
  expect(new Set(joined.map(({ serial }) => serial)).size).toBe(30)
  const [first] = joined
  if (first === undefined) throw new Error('none has joined')
  expect(await cloud.certificatesOf(first.serial)).toMatchObject([{ status: 'ACTIVE' }])
  const pi = await switchOn(first, light)
  await expect(pi.getShadow()).rejects.toThrow('404')
  expect(await pi.reportShadow({ frequencyHz: 1 })).toMatchObject({ state: { reported: { frequencyHz: 1 } } })
  expect(await pi.getShadow()).toMatchObject({ state: { reported: { frequencyHz: 1 } } })
  await pi.sendTelemetry({ sequence: 1 })
  await pi.end()
})

test('who is not admitted is told so, and not tried again', async () => {
  await cloud.admit()
  const { joined, refused, retries } = await provisionFleet({ serials: lightSerials(1, 1000), cloud: light })
  expect(joined).toEqual([])
  expect(refused).toHaveLength(1)
  expect(retries).toBe(0)
})
