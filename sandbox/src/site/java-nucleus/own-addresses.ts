// sandbox/src/site/java-nucleus/own-addresses.ts: which addresses of a Pi's configuration are on this machine, and what stands there instead of them.
import { parse } from 'yaml'
import * as z from 'zod'
import type { Place } from './door.ts'

const Text = z.string().default('')
const InitConfig = z.object({
  services: z.object({
    'aws.greengrass.Nucleus': z.object({
      configuration: z.object({ iotDataEndpoint: Text, iotCredEndpoint: Text, greengrassDataPlaneEndpoint: Text, mqtt: z.object({ port: z.number() }) }),
    }),
  }),
})

export interface OwnAddresses {
  readonly mqtt: Place | undefined
  readonly credentials: Place | undefined
  readonly dataPlane: Place | undefined
  readonly api: Place | undefined
}

/** Of the init config that first boot has rendered, and the environment beside it. A cloud elsewhere keeps its addresses: its certificates name them. */
export function ownAddresses(initConfig: string, awsEndpointUrl: string | undefined): OwnAddresses {
  const { iotDataEndpoint, iotCredEndpoint, greengrassDataPlaneEndpoint, mqtt } = InitConfig.parse(parse(initConfig)).services['aws.greengrass.Nucleus'].configuration
  return {
    mqtt: own({ host: iotDataEndpoint, port: mqtt.port }),
    credentials: own(placeOf(`https://${iotCredEndpoint}`)),
    dataPlane: own(placeOf(greengrassDataPlaneEndpoint)),
    api: own(placeOf(awsEndpointUrl ?? '')),
  }
}

const own = (place: Place | undefined) => (place !== undefined && /^(localhost|127(\.\d+){3})$/.test(place.host) ? place : undefined)

function placeOf(address: string): Place | undefined {
  const url = URL.parse(address)
  return url === null ? undefined : { host: url.hostname, port: Number(url.port || (url.protocol === 'http:' ? 80 : 443)) }
}
