// console/src/cloud/clients.ts: the AWS services as the page calls them, signed with the credentials of whoever is signed in.
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import { IoTClient } from '@aws-sdk/client-iot'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { fleetNames, type FleetNames } from '@fleet/contract/names'
import { forBrowser } from './for-browser.ts'
import type { Session } from './session.ts'

export interface Cloud {
  readonly session: Session
  readonly names: FleetNames
  readonly iot: IoTClient
  readonly data: IoTDataPlaneClient
  readonly greengrass: GreengrassV2Client
  readonly logs: CloudWatchLogsClient
}

export function cloudOf(session: Session): Cloud {
  const { region, sandbox, iotEndpoint } = session.settings
  const config = { region, credentials: once(session.credentials), maxAttempts: 2, ...(sandbox && { endpoint: sandbox.gateway }) }
  return {
    session,
    names: fleetNames(session.settings),
    iot: forBrowser(new IoTClient(config)),
    data: forBrowser(new IoTDataPlaneClient({ ...config, endpoint: sandbox?.gateway ?? `https://${iotEndpoint}` })),
    greengrass: forBrowser(new GreengrassV2Client(config)),
    logs: forBrowser(new CloudWatchLogsClient(config)),
  }
}

/** Clients that ask at the same time are given the same answer. */
function once<T extends { readonly expiration: Date }>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined
  let ends = 0
  return async () => {
    if (asked && ends > Date.now() + SOON_MS) return asked
    ends = Infinity
    const answer = (asked = ask())
    try {
      ends = (await answer).expiration.getTime()
      return await answer
    } catch (error) {
      asked = undefined
      throw error
    }
  }
}

const SOON_MS = 5 * 60_000
