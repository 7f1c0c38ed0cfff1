// console/src/cloud/fleet.ts: all devices of the stage, from the fleet index; and what is asked for only those that are looked at.
import { DescribeCertificateCommand, ListThingPrincipalsCommand, SearchIndexCommand, type ThingDocument } from '@aws-sdk/client-iot'
import { THING_ATTRIBUTES } from '@fleet/contract/registry'
import type { Cloud } from './clients.ts'

export interface Device {
  readonly serial: string
  readonly isOnline: boolean
  readonly isSuspended: boolean
  /** Of its last connection or disconnection, as far as AWS remembers it. */
  readonly seenAt: Date | undefined
}

export interface Search {
  readonly signal: AbortSignal
  /** In the words of the fleet index: `shadow.name.led.reported.on:true`. */
  readonly query?: string
}

/** Page after page, so that the first devices are shown before the last have come: ceil(N/100) calls. */
export async function* searchFleet({ iot, names }: Pick<Cloud, 'iot' | 'names'>, { signal, query = '' }: Search): AsyncGenerator<readonly Device[]> {
  let nextToken: string | undefined
  do {
    const { things = [], nextToken: next } = await iot.send(new SearchIndexCommand({ queryString: `attributes.${THING_ATTRIBUTES.fleet}:${names.thingGroup}${query === '' ? '' : ` AND ${query}`}`, maxResults: 100, nextToken }), { abortSignal: signal })
    yield things.map(deviceOf)
    nextToken = next
  } while (nextToken !== undefined)
}

/** Undefined when there is none. Its name is compared here: in a query it could be more than a name. */
export async function deviceNamed(cloud: Pick<Cloud, 'iot' | 'names'>, serial: string): Promise<Device | undefined> {
  if (!/^[0-9a-z-]+$/.test(serial)) return undefined
  for await (const page of searchFleet(cloud, { signal: new AbortController().signal, query: `thingName:${serial}` })) return page.find((device) => device.serial === serial)
  return undefined
}

function deviceOf({ thingName: serial = '', attributes = {}, connectivity }: ThingDocument): Device {
  return {
    serial,
    isOnline: connectivity?.connected === true,
    isSuspended: THING_ATTRIBUTES.suspendedAt in attributes,
    seenAt: connectivity?.timestamp ? new Date(connectivity.timestamp) : undefined,
  }
}

export interface Certificate {
  readonly id: string
  readonly status: string
  readonly madeAt: Date | undefined
}

/** Newest first. */
export async function certificatesOf({ iot }: Pick<Cloud, 'iot'>, serial: string): Promise<readonly Certificate[]> {
  const { principals = [] } = await iot.send(new ListThingPrincipalsCommand({ thingName: serial }))
  const ids = principals.flatMap((arn) => arn.split(':cert/')[1] ?? [])
  const found = await Promise.all(ids.map(async (certificateId) => (await iot.send(new DescribeCertificateCommand({ certificateId }))).certificateDescription))
  const certificates = found.map((each) => ({ id: each?.certificateId ?? '', status: each?.status ?? '', madeAt: each?.creationDate }))
  return certificates.sort((one, other) => (other.madeAt?.getTime() ?? 0) - (one.madeAt?.getTime() ?? 0))
}
