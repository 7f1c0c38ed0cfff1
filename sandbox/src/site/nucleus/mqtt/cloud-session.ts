// sandbox/src/site/nucleus/mqtt/cloud-session.ts: connects with the device's certificate, by the configuration of now.
import type { PiNetwork } from '../../network.ts'
import type { DeviceConfiguration } from '../config/device-configuration.ts'
import { pause, type Timings } from '../timing.ts'
import { deviceTls } from '../tls-identity.ts'
import { openSession, type MqttSession, type SessionOptions } from './session.ts'

export interface CloudAccess {
  readonly device: DeviceConfiguration
  readonly network: PiNetwork
  readonly timings: Timings
  readonly signal: AbortSignal
}

const SDK_VERSION = '1.30.1' // of the AWS IoT device SDK in nucleus 2.18

export async function openCloudSession(access: CloudAccess, { clientId, clean, onMessage }: Pick<SessionOptions, 'clientId' | 'clean' | 'onMessage'>): Promise<MqttSession> {
  const { version } = access.device.mqtt()
  const open = async (isClean: boolean) => openSession({ ...(await settings(access)), clientId, clean: isClean, onMessage })
  if (version === 'mqtt5' || !clean) return open(clean)
  // MQTT 3.1.1 cannot ask for a session that begins empty and stays: connect once to empty it.
  const emptied = await open(true)
  await emptied.end()
  await pause(access.timings.mqtt3Connect, access.signal)
  return open(false)
}

async function settings({ device, network }: CloudAccess) {
  const { version, port, keepAliveSeconds, operationTimeoutMs, socketTimeoutMs, sessionExpirySeconds, receiveMaximum } = device.mqtt()
  return {
    ...{ network, version, port, keepAliveSeconds, operationTimeoutMs, sessionExpirySeconds, receiveMaximum },
    host: device.iotDataEndpoint(),
    tls: await deviceTls(device),
    username: version === 'mqtt5' ? `SDK=JavaV2?Version=${SDK_VERSION}` : `?SDK=JavaV2&Version=${SDK_VERSION}`,
    connectTimeoutMs: Math.max(socketTimeoutMs, operationTimeoutMs),
  }
}
