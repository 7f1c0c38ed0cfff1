// sandbox/src/cloud/iot-core/fake-registry.ts: a device registry for tests that can be told everything.
import { X509Certificate } from 'node:crypto'
import type { Account } from '../account.ts'
import type { CertificateStatus, DeviceCertificate, DeviceRegistry, ThingChange } from '../ports.ts'

export const ACCOUNT: Account = { accountId: '000000000000', region: 'eu-central-1' }
export const iotArn = (resource: string) => `arn:aws:iot:${ACCOUNT.region}:${ACCOUNT.accountId}:${resource}`

/** A registry in memory that can be told everything. */
export interface FakeRegistry extends DeviceRegistry {
  put(certificate: { readonly certificateId: string; readonly pem: string; readonly commonName: string; readonly policies: readonly string[] }): void
  attachToIdentity(identityId: string, documents: readonly string[]): void
  setStatus(certificateId: string, status: CertificateStatus): void
  setPolicies(certificateId: string, documents: readonly string[]): void
  addThing(thingName: string, options?: { readonly certificateId?: string; readonly exclusive?: boolean; readonly attributes?: Record<string, string>; readonly thingTypeName?: string }): void
  join(thingName: string, group: string): void
  leave(thingName: string, group: string): void
  deleteThing(thingName: string): void
}

interface Entry {
  certificate: DeviceCertificate
  policies: readonly string[]
}

export function fakeRegistry(): FakeRegistry {
  const entries = new Map<string, Entry>()
  const ofIdentities = new Map<string, readonly string[]>()
  const things = new Map<string, { attributes: Record<string, string>; thingTypeName?: string }>()
  const attached = new Map<string, { thingName: string; exclusive: boolean }[]>()
  const groups = new Map<string, Set<string>>()
  const listeners: ((change: { certificateId: string; status: CertificateStatus | 'DELETED' }) => void)[] = []
  const thingListeners: ((change: ThingChange) => void)[] = []
  const changed = (certificateId: string) => {
    const status = entries.get(certificateId)?.certificate.status ?? 'DELETED'
    listeners.forEach((listener) => listener({ certificateId, status }))
  }
  const tell = (change: ThingChange) => thingListeners.forEach((listener) => listener(change))
  const entryOf = (certificateId: string) => {
    const entry = entries.get(certificateId)
    if (!entry) throw new Error(`no certificate ${certificateId}`)
    return entry
  }
  return {
    certificate: (certificateId) => entries.get(certificateId)?.certificate,
    policiesOfIdentity: (identityId) => (ofIdentities.get(identityId) ?? []).map((document, i) => ({ name: `policy${i}`, document })),
    attachToIdentity: (identityId, documents) => void ofIdentities.set(identityId, documents),
    policiesOf: (certificateId) => (entries.get(certificateId)?.policies ?? []).map((document, i) => ({ name: `policy${i}`, document })),
    thingsOf: (certificateId) => attached.get(certificateId) ?? [],
    thing(thingName) {
      const thing = things.get(thingName)
      return thing && { thingName, ...thing }
    },
    groupsOf: (thingName) => [...groups].flatMap(([group, members]) => (members.has(thingName) ? [group] : [])),
    ancestorsOf: () => [],
    isGroup: (group) => groups.has(group),
    thingsIn: (group) => [...(groups.get(group) ?? [])],
    onChange: (listener) => void listeners.push(listener),
    onThingChange: (listener) => void thingListeners.push(listener),
    put({ certificateId, pem, commonName, policies }) {
      const { serialNumber, validFromDate: notBefore, validToDate: notAfter } = new X509Certificate(pem)
      const certificate = { certificateId, arn: iotArn(`cert/${certificateId}`), pem, status: 'ACTIVE' as const, subject: { CommonName: commonName }, issuer: {}, serialNumber, notBefore, notAfter }
      entries.set(certificateId, { certificate, policies })
      changed(certificateId)
    },
    setStatus(certificateId, status) {
      const entry = entryOf(certificateId)
      entry.certificate = { ...entry.certificate, status }
      changed(certificateId)
    },
    setPolicies(certificateId, documents) {
      entryOf(certificateId).policies = documents
      changed(certificateId)
    },
    addThing(thingName, { certificateId, exclusive = false, attributes = {}, thingTypeName } = {}) {
      things.set(thingName, { attributes, ...(thingTypeName !== undefined && { thingTypeName }) })
      if (certificateId === undefined) return
      attached.set(certificateId, [...(attached.get(certificateId) ?? []), { thingName, exclusive }])
      changed(certificateId)
    },
    join(thingName, group) {
      groups.set(group, (groups.get(group) ?? new Set()).add(thingName))
      tell({ kind: 'joined', thingName, group })
    },
    leave(thingName, group) {
      groups.get(group)?.delete(thingName)
      tell({ kind: 'left', thingName, group })
    },
    deleteThing(thingName) {
      things.delete(thingName)
      for (const members of groups.values()) members.delete(thingName)
      tell({ kind: 'deleted', thingName })
    },
  }
}
