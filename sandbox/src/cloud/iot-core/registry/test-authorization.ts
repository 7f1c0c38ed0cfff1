// sandbox/src/cloud/iot-core/registry/test-authorization.ts: tells an operator what the policies of a certificate allow, and which of them decides.
import type { AuthInfo, AuthResult } from '@aws-sdk/client-iot'
import { compile, type Context, type Decision } from '../../iam/policy-evaluation.ts'
import type { DeviceRegistry } from '../../ports.ts'
import { deviceContext } from '../policy/policy-variables.ts'
import { iotArn } from './arns.ts'
import { certificateOfPrincipal } from './certificate-records.ts'
import { found, invalidRequest, required } from './errors.ts'
import { defaultDocument } from './policies.ts'
import type { IotOperations, RegistryState } from './registry-state.ts'

interface NamedPolicy {
  readonly name: string
  readonly document: string
}

const ACTIONS = { CONNECT: 'iot:Connect', PUBLISH: 'iot:Publish', SUBSCRIBE: 'iot:Subscribe', RECEIVE: 'iot:Receive' } as const

export function testAuthorizationOperations(state: RegistryState, devices: DeviceRegistry) {
  return {
    TestAuthorization(input) {
      const certificateId = certificateOfPrincipal(state, required(input.principal, 'principal'))
      const certificate = found(devices.certificate(certificateId), `Certificate ${certificateId}`)
      const skipped = new Set(input.policyNamesToSkip)
      const added = (input.policyNamesToAdd ?? []).map((name) => ({ name, document: defaultDocument(state, name) }))
      const policies = [...devices.policiesOf(certificateId), ...added].filter(({ name }) => !skipped.has(name))
      const context = deviceContext(devices, certificate, input.clientId === undefined ? {} : { clientId: input.clientId })
      return { authResults: required(input.authInfos, 'authInfos').map((authInfo) => judge(state, authInfo, policies, context)) }
    },
  } satisfies Partial<IotOperations>
}

/** An action on several resources is allowed when it is on each of them. */
function judge(state: RegistryState, authInfo: AuthInfo, policies: readonly NamedPolicy[], context: Context): AuthResult {
  const action = ACTIONS[required(authInfo.actionType, 'authInfos.actionType')]
  const resources = required(authInfo.resources, 'authInfos.resources')
  if (resources.length === 0) throw invalidRequest('authInfos.resources must name a resource')
  const perPolicy = policies.map(({ name, document }) => {
    const policy = compile(document, { name })
    return { name, decisions: resources.map((resource) => policy.evaluate({ action, resource, context })) }
  })
  const named = (holds: (decision: Decision) => boolean) =>
    perPolicy.filter(({ decisions }) => decisions.some(holds)).map(({ name }) => ({ policyName: name, policyArn: iotArn(state.account, 'policy', name) }))
  const denying = named((decision) => !decision.allowed && decision.reason === 'explicit-deny')
  const allowing = named(({ allowed }) => allowed)
  const everywhere = resources.every((_resource, index) => perPolicy.some(({ decisions }) => decisions[index]?.allowed))
  return {
    authInfo,
    allowed: { policies: allowing },
    denied: { explicitDeny: { policies: denying }, implicitDeny: { policies: [] } },
    authDecision: denying.length > 0 ? 'EXPLICIT_DENY' : everywhere ? 'ALLOWED' : 'IMPLICIT_DENY',
    missingContextValues: [],
  }
}
