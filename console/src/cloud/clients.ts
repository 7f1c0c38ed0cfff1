// console/src/cloud/clients.ts: how the page calls AWS services, signed with the credentials of whoever is signed in.
import { IoTClient, type IoTClientConfig } from '@aws-sdk/client-iot'
import { fleetNames, type FleetNames } from '@fleet/contract/names'
import type { Credentials, Session } from './session.ts'

export interface Cloud {
  readonly session: Session
  readonly names: FleetNames
  /** For clients of further services, which come with the pages that need them. */
  readonly config: ClientConfig
  readonly iot: IoTClient
}

export interface ClientConfig extends Pick<IoTClientConfig, 'region' | 'endpoint' | 'maxAttempts'> {
  readonly region: string
  readonly credentials: () => Promise<Credentials>
}

export function cloudOf(session: Session): Cloud {
  const { region, sandbox } = session.settings
  const config: ClientConfig = { region, credentials: once(session.credentials), maxAttempts: 2, ...(sandbox && { endpoint: sandbox.gateway }) }
  return {
    session,
    names: fleetNames(session.settings),
    config,
    iot: new IoTClient(config),
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
