// sandbox/src/cloud/fleet-provisioning/fleet-provisioning.ts: lets devices exchange a claim for an identity of their own.
import type { IotLog } from '../iot-core/iot-log.ts'
import { grantsOf } from '../iot-core/registry/grants.ts'
import { checked } from '../iot-core/registry/input-rules.ts'
import type { OpenRegistry } from '../iot-core/registry/registry.ts'
import type { CloudLog } from '../log.ts'
import type { Pki } from '../pki/pki.ts'
import type { FunctionInvoker, MessageBus, RoleSessions } from '../ports.ts'
import type { Service } from '../service.ts'
import type { Store } from '../store/store.ts'
import { unlimited, type RateLimiter } from '../wire/rate-limits.ts'
import { openMqttApi } from './mqtt-api.ts'
import { ownershipTokens } from './ownership-token.ts'
import { provisioningRoles } from './provisioning-role.ts'
import { provisioningTemplates } from './provisioning-templates.ts'
import { registerThing } from './register-thing.ts'
import { registrationOperations } from './registration-operations.ts'
import { unclaimedCertificates } from './unclaimed-certificates.ts'

export interface FleetProvisioningOptions {
  readonly store: Store
  readonly registry: OpenRegistry
  readonly pki: Pki
  readonly bus: MessageBus
  readonly functions: FunctionInvoker
  readonly roles: RoleSessions
  readonly log: CloudLog
  readonly iotLog: IotLog
  /** Asked for `mqtt` and the operation. */
  readonly rates?: RateLimiter
}

export type FleetProvisioning = ReturnType<typeof openFleetProvisioning>

/** Takes the topics of the MQTT API. `knowsTemplate` is for the registry's tags. */
export function openFleetProvisioning({ store, registry, pki, bus, functions, roles, log, iotLog, rates = unlimited }: FleetProvisioningOptions) {
  const { state } = registry
  const tokens = ownershipTokens(store)
  const templates = provisioningTemplates(state, store)
  const unclaimed = unclaimedCertificates({ state, store, tokens })
  const register = registerThing({ registry, templates, tokens, functions, roleOf: provisioningRoles(roles, state.clock) })
  openMqttApi({ bus, pki, unclaimed, registerThing: register, rates, log, iotLog })
  const operations = checked({ ...templates.operations, ...registrationOperations({ registry, templates, unclaimed, pki, roles }) })
  const service: Service = { model: 'iot', operations, grants: grantsOf(operations) }
  return {
    operations,
    service,
    knowsTemplate: (templateName: string) => templates.find(templateName) !== undefined,
  }
}
