// sandbox/src/site/nucleus/cloud/cloud-access.ts: the nucleus's ways to the cloud beside MQTT, by the device's certificate or by its role.
import type { Log } from '@fleet/log'
import type { PiNetwork } from '../../network.ts'
import type { ConfigStore } from '../config/config-store.ts'
import type { DeviceConfiguration } from '../config/device-configuration.ts'
import { deviceCredentials, errorCaching, type DeviceCredentials } from '../credentials/device-credentials.ts'
import { TOKEN_EXCHANGE_SERVICE } from '../credentials/token-exchange-service.ts'
import { deviceTls, publicTls } from '../tls-identity.ts'
import { openDataPlane, type DataPlane } from './data-plane.ts'
import type { HttpAccess } from './https.ts'
import { openS3, type S3 } from './s3.ts'

export interface CloudAccess {
  readonly dataPlane: DataPlane
  readonly credentials: DeviceCredentials
  readonly s3: S3
  /** To any server that the public trusts, without the device's certificate. */
  readonly downloads: HttpAccess
}

export interface CloudAccessOptions {
  readonly config: ConfigStore
  readonly device: DeviceConfiguration
  readonly network: PiNetwork
  readonly environment: Readonly<Record<string, string>>
  readonly log: Log
  readonly signal: AbortSignal
  readonly now: () => Date
}

export function openCloudAccess({ config, device, network, environment, log, signal, now }: CloudAccessOptions): CloudAccess {
  const access: HttpAccess = { network, signal, tls: () => deviceTls(device) }
  const downloads: HttpAccess = { network, signal, tls: () => publicTls(device) }
  const credentials = deviceCredentials({
    ...{ access, log, now },
    ...{ endpoint: device.iotCredEndpoint, roleAlias: device.iotRoleAlias, thingName: device.thingName },
    errorCaching: () => errorCaching(config.plain('services', TOKEN_EXCHANGE_SERVICE, 'configuration', 'credentialRetryInSec')),
  })
  return {
    dataPlane: openDataPlane({ access, url: device.dataPlaneUrl, thingName: device.thingName, s3EndpointType: device.s3EndpointType }),
    credentials,
    s3: openS3({ access: downloads, credentials, environment, region: device.region, now }),
    downloads,
  }
}
