// e2e/fleet-at.ts: what the fleet of a sandbox is, as AWS clients see it from outside: things, certificates, deployments, wishes.
import { GreengrassV2Client, ListDeploymentsCommand } from '@aws-sdk/client-greengrassv2'
import { DescribeCertificateCommand, IoTClient, ListThingPrincipalsCommand, ListThingsCommand } from '@aws-sdk/client-iot'
import { GetThingShadowCommand, IoTDataPlaneClient, ListNamedShadowsForThingCommand, UpdateThingShadowCommand } from '@aws-sdk/client-iot-data-plane'
import { expect } from 'vitest'

export interface FleetAt {
  readonly data: IoTDataPlaneClient
  whatItIs(): Promise<WhatItIs>
  /** Wishes this of every LED, and waits until it is so. */
  changed(wish: { readonly frequencyHz: number }): Promise<WhatItIs>
}

export interface WhatItIs {
  readonly things: readonly string[]
  /** Id and status, by thing. */
  readonly certificates: readonly string[]
  readonly deployments: readonly string[]
  /** Of the LEDs' shadows, as JSON. */
  readonly desired: readonly string[]
  readonly reportedHz: readonly unknown[]
}

export interface Address {
  readonly region: string
  readonly endpoints?: { readonly gateway: string; readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** From the line `ready …`, or from the endpoints file, which has the same without the outer part. */
export function fleetAt(found: Address | (Address & Required<Address>['endpoints'])): FleetAt {
  const { gateway, accessKeyId, secretAccessKey } = found.endpoints ?? (found as Required<Address>['endpoints']) // one of both, see above
  const config = { endpoint: gateway, region: found.region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 12 }
  const [iot, data, greengrass] = [new IoTClient(config), new IoTDataPlaneClient(config), new GreengrassV2Client(config)]

  const certificatesOf = async (thingName: string) => {
    const { principals = [] } = await iot.send(new ListThingPrincipalsCommand({ thingName }))
    const described = await Promise.all(principals.map((arn) => iot.send(new DescribeCertificateCommand({ certificateId: arn.split('cert/')[1] }))))
    return described.map(({ certificateDescription }) => `${thingName} ${certificateDescription?.certificateId ?? ''} ${certificateDescription?.status ?? ''}`)
  }
  /** Empty until the LED has said something. */
  const led = async (thingName: string): Promise<{ readonly desired?: unknown; readonly reported?: { readonly frequencyHz: unknown } }> => {
    const { results = [] } = await data.send(new ListNamedShadowsForThingCommand({ thingName }))
    if (!results.includes('led')) return {}
    const { payload } = await data.send(new GetThingShadowCommand({ thingName, shadowName: 'led' }))
    return (JSON.parse(Buffer.from(payload ?? []).toString('utf8')) as { state: Awaited<ReturnType<typeof led>> }).state // a shadow document
  }
  const whatItIs = async (): Promise<WhatItIs> => {
    const things = ((await iot.send(new ListThingsCommand({}))).things ?? []).map(({ thingName = '' }) => thingName)
    const { deployments = [] } = await greengrass.send(new ListDeploymentsCommand({ historyFilter: 'ALL' }))
    const leds = await Promise.all(things.map(led))
    return {
      things,
      certificates: (await Promise.all(things.map(certificatesOf))).flat(),
      deployments: deployments.map(({ deploymentId = '', deploymentStatus = '' }) => `${deploymentId} ${deploymentStatus}`),
      desired: leds.map(({ desired = null }) => JSON.stringify(desired)),
      reportedHz: leds.map(({ reported }) => reported?.frequencyHz),
    }
  }
  return {
    data,
    whatItIs,
    changed: async (wish) => {
      const { things } = await whatItIs()
      const payload = Buffer.from(JSON.stringify({ state: { desired: wish } }))
      for (const thingName of things) await data.send(new UpdateThingShadowCommand({ thingName, shadowName: 'led', payload }))
      await expect.poll(async () => (await whatItIs()).reportedHz, { timeout: 60_000 }).toEqual(things.map(() => wish.frequencyHz))
      return await whatItIs()
    },
  }
}
