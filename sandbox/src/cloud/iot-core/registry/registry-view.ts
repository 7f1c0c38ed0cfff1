// sandbox/src/cloud/iot-core/registry/registry-view.ts: the registry as broker, rules and jobs ask it, held in memory between changes.
import { readCertificate } from '../../pki/certificate.ts'
import type { DeviceCertificate, DeviceRegistry } from '../../ports.ts'
import { partsOf, prefixOf } from '../../store/store.ts'
import { iotArn } from './arns.ts'
import { claimPolicy } from './claim-policy.ts'
import { effectivePolicies } from './effective-policies.ts'
import { ancestorsOf, groupsOfThing, thingsBelow } from './group-tree.ts'
import { defaultDocument } from './policies.ts'
import { policiesOn } from './policy-attachments.ts'
import type { RegistryState } from './registry-state.ts'

/** What is known of one certificate; each part is read when it is asked for. */
interface Remembered {
  readonly certificate: DeviceCertificate
  readonly claimTemplate: string | undefined
  policies?: ReturnType<DeviceRegistry['policiesOf']>
  things?: ReturnType<DeviceRegistry['thingsOf']>
}

/** Not to be asked within a change: it would remember what may yet be taken back. */
export function registryView(state: RegistryState): DeviceRegistry {
  const { tables, clock } = state
  const remembered = new Map<string, Remembered>()
  state.onCertificateChange((certificateIds) => certificateIds.forEach((id) => remembered.delete(id)))
  const recall = (certificateId: string): Remembered | undefined => {
    const entry = remembered.get(certificateId) ?? read(state, certificateId)
    if (entry) remembered.set(certificateId, entry)
    return entry?.claimTemplate !== undefined && clock.now() >= entry.certificate.notAfter ? undefined : entry
  }
  return {
    certificate: (certificateId) => recall(certificateId)?.certificate,
    policiesOf(certificateId) {
      const entry = recall(certificateId)
      return entry ? (entry.policies ??= policies(state, certificateId, entry.claimTemplate)) : []
    },
    policiesOfIdentity: (identityId) => policiesOn(state, identityId).map((name) => ({ name, document: defaultDocument(state, name) })),
    thingsOf(certificateId) {
      const entry = recall(certificateId)
      return entry ? (entry.things ??= things(state, certificateId)) : []
    },
    thing(thingName) {
      const thing = tables.things.get(thingName)
      return thing && { thingName, ...(thing.thingTypeName === undefined ? {} : { thingTypeName: thing.thingTypeName }), attributes: thing.attributes }
    },
    groupsOf: (thingName) => groupsOfThing(state, thingName),
    ancestorsOf: (group) => ancestorsOf(state, group),
    isGroup: (group) => tables.groups.get(group) !== undefined,
    thingsIn: (group) => thingsBelow(state, group),
    onChange: (listener) =>
      state.onCertificateChange((certificateIds) =>
        certificateIds.forEach((certificateId) => listener({ certificateId, status: tables.certificates.get(certificateId)?.status ?? 'DELETED' })),
      ),
    onThingChange: state.onThingChange,
  }
}

function read({ tables, account }: RegistryState, certificateId: string): Remembered | undefined {
  const record = tables.certificates.get(certificateId)
  if (!record) return undefined
  const { subject, issuer, serialNumber, notBefore, notAfter } = readCertificate(record.pem)
  const validity = { notBefore, notAfter: record.claim?.endsAt ?? notAfter }
  const certificate = { certificateId, arn: iotArn(account, 'cert', certificateId), pem: record.pem, status: record.status, subject, issuer, serialNumber, ...validity }
  return { certificate, claimTemplate: record.claim?.templateName }
}

const policies = (state: RegistryState, certificateId: string, claimTemplate: string | undefined) =>
  claimTemplate === undefined ? effectivePolicies(state, certificateId) : [claimPolicy(state.account, claimTemplate)]

const things = ({ tables }: RegistryState, certificateId: string) =>
  tables.principalThings.all(prefixOf(certificateId)).map(([key, type]) => ({ thingName: partsOf(key)[1] ?? '', exclusive: type === 'EXCLUSIVE_THING' }))
