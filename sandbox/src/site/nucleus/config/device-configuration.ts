// sandbox/src/site/nucleus/config/device-configuration.ts: what the nucleus reads of its own configuration, with the defaults of nucleus 2.18.
import { booleanOf, numberOf, textOf, type JsonObject, type JsonValue } from '../json.ts'
import type { ConfigStore } from './config-store.ts'

export const NUCLEUS = 'aws.greengrass.Nucleus'
export const NUCLEUS_VERSION = '2.18.0' // the version that this one is compared with

export type DeviceConfiguration = ReturnType<typeof deviceConfiguration>

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/ // the nucleus asks the AWS SDK's list

/** Every member is read when it is asked for: a deployment or provisioning changes it under way. */
export function deviceConfiguration(config: ConfigStore) {
  const nucleus = (...path: string[]): JsonValue | undefined => config.value('services', NUCLEUS, 'configuration', ...path)
  const text = (...path: string[]) => textOf(nucleus(...path))
  const system = (name: string) => textOf(config.value('system', name))
  const region = () => (REGION.test(text('awsRegion')) ? text('awsRegion') : 'us-east-1')
  return {
    thingName: () => system('thingName'),
    certificateFilePath: () => system('certificateFilePath'),
    privateKeyPath: () => system('privateKeyPath'),
    rootCaPath: () => system('rootCaPath'),
    ipcSocketPath: () => system('ipcSocketPath'),
    region,
    iotRoleAlias: () => text('iotRoleAlias'),
    iotDataEndpoint: () => text('iotDataEndpoint'),
    iotCredEndpoint: () => text('iotCredEndpoint'),
    dataPlaneUrl: () => dataPlaneUrl(text('greengrassDataPlaneEndpoint'), { region: region(), iotDataEndpoint: text('iotDataEndpoint'), port: numberOf(nucleus('greengrassDataPlanePort'), 8443) }),
    s3EndpointType: () => text('s3EndpointType') || 'GLOBAL',
    componentStoreMaxSizeBytes: () => numberOf(nucleus('componentStoreMaxSizeBytes'), 10_000_000_000),
    interpolateComponentConfiguration: () => booleanOf(nucleus('interpolateComponentConfiguration')),
    usesProcessingTime: () => text('deploymentConfigurationTimeSource') === 'deploymentProcessingTime',
    platformOverride: (): JsonObject => config.plain('services', NUCLEUS, 'configuration', 'platformOverride'),
    posixShell: () => text('runWithDefault', 'posixShell') || 'sh',
    fipsMode: () => String(booleanOf(nucleus('fipsMode'))),
    statusIntervalSeconds: () => Math.max(86_400, numberOf(nucleus('fleetStatus', 'periodicStatusPublishIntervalSeconds'), 86_400)),
    proxy: () => ({ url: text('networkProxy', 'proxy', 'url'), username: text('networkProxy', 'proxy', 'username'), password: text('networkProxy', 'proxy', 'password'), noProxy: text('networkProxy', 'noProxyAddresses') }),
    mqtt: () => mqttSettings((...path) => nucleus('mqtt', ...path)),
    version: () => textOf(config.value('services', NUCLEUS, 'version')) || NUCLEUS_VERSION,
    /** What is missing before the device can talk to the cloud; empty when nothing is. */
    missing: () =>
      [
        ...['thingName', 'certificateFilePath', 'privateKeyPath', 'rootCaPath'].filter((name) => system(name) === ''),
        ...['iotDataEndpoint', 'iotCredEndpoint', 'awsRegion'].filter((name) => text(name) === ''),
      ].map((name) => `${name} cannot be empty`),
  }
}

export type MqttSettings = ReturnType<typeof mqttSettings>

function mqttSettings(value: (...path: string[]) => JsonValue | undefined) {
  const number = (name: string, otherwise: number) => numberOf(value(name), otherwise)
  return {
    version: textOf(value('version')).toLowerCase() === 'mqtt3' ? ('mqtt3' as const) : ('mqtt5' as const),
    port: number('port', 8883),
    keepAliveSeconds: Math.floor(number('keepAliveTimeoutMs', 60_000) / 1000),
    operationTimeoutMs: number('operationTimeoutMs', 30_000),
    socketTimeoutMs: number('socketTimeoutMs', 3000),
    maxInFlightPublishes: Math.min(100, number('maxInFlightPublishes', 5)), // AWS IoT takes 100 unacknowledged
    maxMessageSizeBytes: number('maxMessageSizeInBytes', 128 * 1024),
    maxPublishRetries: number('maxPublishRetry', 100),
    receiveMaximum: number('receiveMaximum', 100),
    sessionExpirySeconds: number('sessionExpirySeconds', 604_800),
    reconnectDelaySeconds: { least: number('minimumReconnectDelaySeconds', 0) || 1, most: number('maximumReconnectDelaySeconds', 0) || 120 },
    connectedBeforeResetSeconds: number('minimumConnectedTimeBeforeRetryResetSeconds', 0) || 30,
    spoolMaxBytes: numberOf(value('spooler', 'maxSizeInBytes'), 2.5 * 1024 * 1024),
    keepQos0WhenOffline: booleanOf(value('spooler', 'keepQos0WhenOffline')),
  }
}

/** `''` is AWS's own, `iotdata` the IoT data endpoint's host; a host without scheme or port gets these. */
function dataPlaneUrl(endpoint: string, { region, iotDataEndpoint, port }: { region: string; iotDataEndpoint: string; port: number }): string {
  if (endpoint === '') return `https://greengrass-ats.iot.${region}.amazonaws.com:${port}`
  const host = endpoint === 'iotdata' ? iotDataEndpoint : endpoint.replace(/^https:\/\//, '').replace(/\/$/, '')
  return `https://${host}${/:\d+$/.test(host) ? '' : `:${port}`}`
}
