// sandbox/src/cloud/iot-core/policy/device-identity.ts: a device known by its client certificate: registered, ACTIVE, and held to its AWS IoT policies.
import type { Clock } from '../../clock.ts'
import { evaluate, type CompiledPolicy } from '../../iam/policy-evaluation.ts'
import type { DeviceRegistry } from '../../ports.ts'
import { compiledPolicies } from './compiled-policies.ts'
import type { ClientIdentity } from './identity.ts'
import { deviceContext } from './policy-variables.ts'

export interface DeviceIdentities {
  /** The identity behind a certificate, which may be one that nobody registered: it then permits nothing. */
  of(certificateId: string): ClientIdentity
}

/** A fleet shares few documents; more than this is a test or an accident. */
const REMEMBERED_DOCUMENTS = 1000

export function deviceIdentities(registry: DeviceRegistry, clock: Clock): DeviceIdentities {
  const inForce = new Map<string, readonly CompiledPolicy[]>()
  const compileOnce = compiledPolicies(REMEMBERED_DOCUMENTS)
  const policiesOf = (certificateId: string) => {
    let policies = inForce.get(certificateId)
    if (!policies) inForce.set(certificateId, (policies = registry.policiesOf(certificateId).map(compileOnce)))
    return policies
  }
  registry.onChange(({ certificateId }) => inForce.delete(certificateId))
  return {
    of: (certificateId) => ({
      principalId: certificateId,
      certificateId,
      refusedBecause: () => refusal(registry, certificateId, clock.now()),
      exclusiveThing: () => registry.thingsOf(certificateId).find(({ exclusive }) => exclusive)?.thingName,
      permits(action, resource, facts) {
        const certificate = registry.certificate(certificateId)
        if (certificate?.status !== 'ACTIVE') return false
        return evaluate(policiesOf(certificateId), { action, resource, context: deviceContext(registry, certificate, facts) }).allowed
      },
    }),
  }
}

function refusal(registry: DeviceRegistry, certificateId: string, now: Date): string | undefined {
  const certificate = registry.certificate(certificateId)
  if (!certificate) return 'the client certificate is not registered'
  if (certificate.status !== 'ACTIVE') return `the client certificate is ${certificate.status}`
  return certificate.notAfter < now ? 'the client certificate has expired' : undefined
}
