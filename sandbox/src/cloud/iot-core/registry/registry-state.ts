// sandbox/src/cloud/iot-core/registry/registry-state.ts: what the registry keeps, and the one way in which it changes.
import type { CertificateMode, ThingPrincipalType } from '@aws-sdk/client-iot'
import type { Account } from '../../account.ts'
import type { Clock } from '../../clock.ts'
import type { CertificateStatus, ThingChange } from '../../ports.ts'
import type { OperationsOf } from '../../service.ts'
import type { Store, Table } from '../../store/store.ts'

/** IoT's control plane, typed by the SDK. */
export type IotOperations = OperationsOf<typeof import('@aws-sdk/client-iot')>

export interface ThingRecord {
  readonly thingId: string
  readonly thingTypeName?: string
  readonly attributes: Readonly<Record<string, string>>
  readonly version: number
}

export interface ThingTypeRecord {
  readonly thingTypeId: string
  readonly description?: string
  readonly searchableAttributes: readonly string[]
  readonly createdAt: Date
  /** When it was deprecated; undefined while it is in use. */
  readonly deprecatedAt?: Date
}

export interface ThingGroupRecord {
  readonly thingGroupId: string
  readonly parent?: string
  readonly description?: string
  readonly attributes: Readonly<Record<string, string>>
  readonly version: number
  readonly createdAt: Date
}

export interface CertificateRecord {
  readonly pem: string
  readonly status: CertificateStatus
  readonly createdAt: Date
  readonly lastModifiedAt: Date
  readonly mode: CertificateMode
  readonly customerVersion: number
  readonly generationId: string
  /** Of the registered authority that signed it; certificates of this cloud's own authority have none. */
  readonly caCertificateId?: string
  /** A certificate made by a claim over MQTT is gone then, unless it was registered or attached. */
  readonly registerBefore?: Date
  /** A provisioning claim ends then, is in no list, and may provision with this template alone. */
  readonly claim?: { readonly templateName: string; readonly endsAt: Date }
}

export interface PolicyRecord {
  readonly defaultVersionId: number
  readonly lastVersionId: number
  readonly createdAt: Date
  readonly lastModifiedAt: Date
  readonly generationId: string
}

export interface PolicyVersionRecord {
  readonly document: string
  readonly createdAt: Date
}

export interface RoleAliasRecord {
  readonly roleArn: string
  readonly credentialDurationSeconds: number
  readonly createdAt: Date
  readonly lastModifiedAt: Date
}

/** Compound keys are named by their parts; relations are kept in both directions. */
export interface RegistryTables {
  readonly things: Table<ThingRecord>
  readonly thingTypes: Table<ThingTypeRecord>
  readonly groups: Table<ThingGroupRecord>
  /** parent group, child group */
  readonly childGroups: Table<true>
  /** group, thing */
  readonly groupThings: Table<true>
  /** thing, group */
  readonly thingGroups: Table<true>
  readonly certificates: Table<CertificateRecord>
  /** time of creation, certificate id: the order of ListCertificates */
  readonly certificatesByDate: Table<true>
  /** certificate id, thing */
  readonly principalThings: Table<ThingPrincipalType>
  /** thing, certificate id */
  readonly thingPrincipals: Table<ThingPrincipalType>
  readonly policies: Table<PolicyRecord>
  /** policy, version id padded to ten digits */
  readonly policyVersions: Table<PolicyVersionRecord>
  /** policy, ARN of its target */
  readonly policyTargets: Table<true>
  /** ARN of a certificate or group, policy */
  readonly targetPolicies: Table<true>
  readonly roleAliases: Table<RoleAliasRecord>
  /** ARN, tag key */
  readonly tags: Table<string>
}

export interface RegistryState {
  readonly account: Account
  readonly clock: Clock
  readonly tables: RegistryTables
  /** All writes of `work`, or none; listeners hear of them afterwards. */
  change<T>(work: () => T): T
  /** To be called in `change`: what this certificate is or may do is different from now on. */
  readonly certificateChanged: (certificateId: string) => void
  readonly thingChanged: (change: ThingChange) => void
  readonly onCertificateChange: (listener: (certificateIds: ReadonlySet<string>) => void) => void
  readonly onThingChange: (listener: (change: ThingChange) => void) => void
}

export function registryState({ store, account, clock }: { store: Store; account: Account; clock: Clock }): RegistryState {
  const certificateListeners: ((certificateIds: ReadonlySet<string>) => void)[] = []
  const thingListeners: ((change: ThingChange) => void)[] = []
  let touched = new Set<string>()
  const tellOfCertificates = () => {
    const told = touched
    touched = new Set()
    for (const listener of certificateListeners) listener(told)
  }
  return {
    account,
    clock,
    tables: openTables(store),
    change: (work) => store.transaction(work),
    certificateChanged(certificateId) {
      touched.add(certificateId) // what a failed transaction leaves here is told with the next one, which does no harm
      store.afterCommit(tellOfCertificates)
    },
    thingChanged: (change) => store.afterCommit(() => thingListeners.forEach((listener) => listener(change))),
    onCertificateChange: (listener) => void certificateListeners.push(listener),
    onThingChange: (listener) => void thingListeners.push(listener),
  }
}

function openTables(store: Store): RegistryTables {
  const table = <T>(name: string) => store.table<T>(`iot_${name}`)
  return {
    things: table('things'),
    thingTypes: table('thing_types'),
    groups: table('thing_groups'),
    childGroups: table('child_groups'),
    groupThings: table('group_things'),
    thingGroups: table('thing_memberships'),
    certificates: table('certificates'),
    certificatesByDate: table('certificates_by_date'),
    principalThings: table('principal_things'),
    thingPrincipals: table('thing_principals'),
    policies: table('policies'),
    policyVersions: table('policy_versions'),
    policyTargets: table('policy_targets'),
    targetPolicies: table('target_policies'),
    roleAliases: table('role_aliases'),
    tags: table('tags'),
  }
}
