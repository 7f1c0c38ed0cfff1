// sandbox/src/cloud/iot-core/registry/registry.ts: the device registry: IoT's control plane for things, certificates and policies, and what the data plane asks of it.
import type { Account } from '../../account.ts'
import type { Clock } from '../../clock.ts'
import type { Pki } from '../../pki/pki.ts'
import type { DeviceRegistry } from '../../ports.ts'
import type { Service } from '../../service.ts'
import type { Store } from '../../store/store.ts'
import { accountSettingOperations } from './account-settings.ts'
import { readIotArn } from './arns.ts'
import { certificateOperations } from './certificates.ts'
import { certificateRegistrationOperations } from './certificate-registration.ts'
import { effectivePolicyOperations } from './effective-policies.ts'
import { endpointOperations } from './endpoints.ts'
import { grantsOf } from './grants.ts'
import { checked } from './input-rules.ts'
import { loggingOperations } from './logging-options.ts'
import { policyAttachmentOperations } from './policy-attachments.ts'
import { policyOperations } from './policies.ts'
import { registryState, type RegistryState } from './registry-state.ts'
import { registryView } from './registry-view.ts'
import { roleAliasOperations } from './role-aliases.ts'
import { tagOperations } from './tags.ts'
import { testAuthorizationOperations } from './test-authorization.ts'
import { thingGroupMemberOperations } from './thing-group-members.ts'
import { thingGroupOperations } from './thing-groups.ts'
import { thingPrincipalOperations } from './thing-principals.ts'
import { thingTypeOperations } from './thing-types.ts'
import { thingOperations } from './things.ts'

export interface RegistryOptions {
  readonly store: Store
  readonly clock: Clock
  readonly account: Account
  readonly pki: Pki
  /** Whether a resource of another service of IoT (a rule, a job, a template) is there to be tagged. */
  readonly knowsArn?: (kind: string, name: string) => boolean
}

export interface OpenRegistry {
  /** Each can be called as a function (Cloud Control does). */
  readonly operations: ReturnType<typeof registryOperations>
  /** The registry's part of the model `iot`. */
  readonly service: Service
  readonly devices: DeviceRegistry
  /** For services that write several things at once (fleet provisioning). */
  readonly state: RegistryState
}

export function openRegistry(options: RegistryOptions): OpenRegistry {
  const state = registryState(options)
  const devices = registryView(state)
  const operations = checked(registryOperations(state, devices, options))
  return { operations, service: { model: 'iot', operations, grants: grantsOf(operations) }, devices, state }
}

function registryOperations(state: RegistryState, devices: DeviceRegistry, { store, clock, pki, knowsArn = () => false }: RegistryOptions) {
  return {
    ...thingOperations(state),
    ...thingTypeOperations(state),
    ...thingGroupOperations(state),
    ...thingGroupMemberOperations(state),
    ...thingPrincipalOperations(state),
    ...certificateOperations(state, pki),
    ...certificateRegistrationOperations(state),
    ...policyOperations(state),
    ...policyAttachmentOperations(state),
    ...effectivePolicyOperations(state),
    ...testAuthorizationOperations(state, devices),
    ...roleAliasOperations(state),
    ...endpointOperations,
    ...accountSettingOperations({ store, clock }),
    ...loggingOperations(store),
    ...tagOperations(state, (arn) => isThere(state, arn, knowsArn)),
  }
}

function isThere({ account, tables }: RegistryState, arn: string, knowsArn: (kind: string, name: string) => boolean): boolean {
  const { kind, name = '' } = readIotArn(account, arn) ?? {}
  if (kind === undefined) return false
  const own = { thinggroup: tables.groups, thingtype: tables.thingTypes, policy: tables.policies, rolealias: tables.roleAliases, cert: tables.certificates }
  const table = Object.entries(own).find(([of]) => of === kind)?.[1]
  return table ? table.get(name) !== undefined : knowsArn(kind, name)
}
