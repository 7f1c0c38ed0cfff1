// sandbox/src/cloud/iot-core/audit/connection-checks.ts: audit checks of connections: certificates in several hands, client ids that drive each other out.
import type { RelatedResource } from '@aws-sdk/client-iot'
import type { Check } from './check.ts'
import type { ConnectionHistory, PastConnection } from './connection-history.ts'

/** Of an audit on demand; a scheduled one looks at the time since the one before (Device Defender guide, «Device certificate shared»). */
export const HISTORY_MS = 31 * 86_400_000
/** That check looks at what is at least so old. */
const SHARED_DELAY_MS = 2 * 3_600_000

export function connectionChecks(history: ConnectionHistory) {
  return {
    DEVICE_CERTIFICATE_SHARED_CHECK: ({ now, since }) => {
      const until = new Date(now.getTime() - SHARED_DELAY_MS)
      const byCertificate = groups(history.between(new Date(since.getTime() - SHARED_DELAY_MS), until), ({ certificateId }) => certificateId)
      const shared = [...byCertificate].flatMap(([certificateId, connections]) => {
        const concurrent = connections.filter((one) => connections.some((other) => other.clientId !== one.clientId && overlap(one, other)))
        return concurrent.length > 0 ? [{ certificateId, concurrent }] : []
      })
      const findings = shared.map(({ certificateId, concurrent }) => ({
        resource: { resourceType: 'DEVICE_CERTIFICATE' as const, resourceIdentifier: { deviceCertificateId: certificateId } },
        related: concurrent.map((connection) => related({ resourceType: 'CLIENT_ID', resourceIdentifier: { clientId: connection.clientId } }, connection)),
        code: 'CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES',
        reason: 'Certificate shared by one or more devices.',
      }))
      return { total: byCertificate.size, findings }
    },
    CONFLICTING_CLIENT_IDS_CHECK: ({ now, since }) => {
      const byClient = groups(history.between(since, now), ({ clientId }) => clientId)
      const findings = [...byClient].flatMap(([clientId, connections]) => {
        const drivenOut = connections.filter(({ reason }) => reason === 'DUPLICATE_CLIENTID')
        if (drivenOut.length === 0) return []
        return {
          resource: { resourceType: 'CLIENT_ID' as const, resourceIdentifier: { clientId } },
          related: drivenOut.map((connection) => related({ resourceType: 'DEVICE_CERTIFICATE', resourceIdentifier: { deviceCertificateId: connection.certificateId } }, connection)),
          code: 'DUPLICATE_CLIENT_ID_ACROSS_CONNECTIONS',
          reason: 'Multiple connections were made with the same client ID.',
        }
      })
      return { total: byClient.size, findings }
    },
  } satisfies Record<string, Check>
}

const overlap = (one: PastConnection, other: PastConnection) => one.connectedAt < endOf(other) && other.connectedAt < endOf(one)
const endOf = ({ disconnectedAt }: PastConnection) => disconnectedAt ?? new Date(8.64e15) // the last moment that there is

const related = (resource: RelatedResource, { connectedAt, disconnectedAt }: PastConnection): RelatedResource => ({
  ...resource,
  additionalInfo: { CONNECTION_TIME: String(connectedAt.getTime()), ...(disconnectedAt ? { DISCONNECTION_TIME: String(disconnectedAt.getTime()) } : {}) },
})

function groups<T>(list: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>()
  for (const item of list) {
    const group = found.get(keyOf(item))
    if (group) group.push(item)
    else found.set(keyOf(item), [item])
  }
  return found
}
