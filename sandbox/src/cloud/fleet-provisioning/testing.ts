// sandbox/src/cloud/fleet-provisioning/testing.ts: fleet provisioning with its neighbours in the hands of a test: bus, hook and role.
import { decode, encode } from 'cborg'
import { iotLog } from '../iot-core/iot-log.ts'
import { ACCOUNT, registryInMemory, type TestRegistry } from '../iot-core/registry/testing.ts'
import { AwsError } from '../aws-error.ts'
import type { DeviceMessage, FunctionInvoker, InvocationResult, MessageBus, Reply, RoleSessions } from '../ports.ts'
import type { Store } from '../store/store.ts'
import { unlimited, type RateLimiter } from '../wire/rate-limits.ts'
import type { PayloadFormat } from './payload-format.ts'
import { openFleetProvisioning } from './fleet-provisioning.ts'

export const TEMPLATE_NAME = 'fleet-test'
export const ROLE_ARN = 'arn:aws:iam::000000000000:role/provisioning'
export const HOOK_ARN = 'arn:aws:lambda:eu-central-1:000000000000:function:hook'

/** As the fleet's own: thing and group, the device's certificate for itself alone, a policy that is there. */
export const TEMPLATE = {
  Parameters: { SerialNumber: { Type: 'String' }, 'AWS::IoT::Certificate::Id': { Type: 'String' } },
  Resources: {
    thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { Ref: 'SerialNumber' }, AttributePayload: { made: '2026' }, ThingGroups: ['fleet'] } },
    certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' }, Status: 'Active', ThingPrincipalType: 'EXCLUSIVE_THING' } },
    policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'device' } },
  },
  DeviceConfiguration: { greeting: { 'Fn::Sub': 'hello ${SerialNumber}' } },
}

export interface TestProvisioning extends TestRegistry {
  readonly provisioning: ReturnType<typeof openFleetProvisioning>
  /** What the hook was asked, and what it shall answer. */
  readonly hook: { readonly events: unknown[]; answer: () => InvocationResult | Promise<InvocationResult>; waitMs: number | undefined; caller: unknown }
  /** Actions that the role may not do; and whether it trusts AWS IoT. */
  readonly role: { readonly denied: Set<string>; trusts: boolean; assumed: number; readonly asked: string[] }
  /** Entries of AWSIotLogsV2. */
  readonly logged: Record<string, unknown>[]
  /** Publishes as a device does, and takes the answer. */
  readonly ask: (topic: string, request: unknown, options?: { readonly format?: PayloadFormat; readonly raw?: Uint8Array }) => Promise<Answer>
}

export interface Answer {
  readonly outcome: 'accepted' | 'rejected'
  readonly payload: Record<string, string> & { readonly statusCode?: number; readonly deviceConfiguration?: Record<string, string> }
}

/** Group, policy and template are there; the hook lets in, the role may do all. */
export function provisioningInMemory({ store, rates = unlimited }: { readonly store?: Store; readonly rates?: RateLimiter } = {}): TestProvisioning {
  const registry = registryInMemory(store)
  const bus = reservedTopics()
  const logged: Record<string, unknown>[] = []
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
  const sink = { append: (_group: string, _stream: string, messages: readonly string[]) => messages.forEach((message) => logged.push(JSON.parse(message) as Record<string, unknown>)) }
  const hook: TestProvisioning['hook'] = { events: [], answer: () => ({ kind: 'answered', payload: { allowProvisioning: true } }), waitMs: undefined, caller: undefined }
  const role: TestProvisioning['role'] = { denied: new Set(), trusts: true, assumed: 0, asked: [] }
  const provisioning = openFleetProvisioning({
    ...{ store: registry.store, registry, pki: registry.pki, bus: bus.bus, log, rates },
    functions: hookInvoker(hook),
    roles: roleSessions(role, registry),
    iotLog: iotLog({ account: ACCOUNT, clock: registry.clock, log, sink }),
  })
  return { ...registry, provisioning, hook, role, logged, ask: bus.ask }
}

/** The template and what it names, when the state is new. */
export function withTemplate(cloud: TestProvisioning, template: object = TEMPLATE): TestProvisioning {
  cloud.operations.CreateThingGroup({ thingGroupName: 'fleet' })
  cloud.operations.CreatePolicy({ policyName: 'device', policyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}' })
  cloud.provisioning.operations.CreateProvisioningTemplate({
    ...{ templateName: TEMPLATE_NAME, templateBody: JSON.stringify(template), enabled: true },
    provisioningRoleArn: ROLE_ARN,
    preProvisioningHook: { targetArn: HOOK_ARN },
  })
  return cloud
}

/** A certificate from a request, and its ownership token. */
export async function obtain({ ask }: TestProvisioning, certificateSigningRequest: string): Promise<{ readonly certificateId: string; readonly token: string }> {
  const { payload } = await ask('$aws/certificates/create-from-csr', { certificateSigningRequest })
  return { certificateId: payload['certificateId'] ?? '', token: payload['certificateOwnershipToken'] ?? '' }
}

export const register = ({ ask }: TestProvisioning, certificateOwnershipToken: string, parameters: Record<string, unknown> = { SerialNumber: '10000000a1b2c3d4' }) =>
  ask(`$aws/provisioning-templates/${TEMPLATE_NAME}/provision`, { certificateOwnershipToken, parameters })

function hookInvoker(hook: TestProvisioning['hook']): FunctionInvoker {
  return {
    async invoke({ payload, waitMs, caller }) {
      hook.events.push(payload)
      hook.waitMs = waitMs
      hook.caller = caller
      return hook.answer()
    },
    invokeLater: () => ({ kind: 'refused', why: 'not asked here' }),
  }
}

function roleSessions(role: TestProvisioning['role'], { clock }: TestRegistry): RoleSessions {
  return {
    assume({ durationSeconds }) {
      if (!role.trusts) throw new AwsError('AccessDenied', 'The role does not trust iot.amazonaws.com')
      role.assumed++
      return { accessKeyId: 'ASIATEST', secretAccessKey: 'secret', sessionToken: 'token', expiration: new Date(clock.now().getTime() + durationSeconds * 1000) }
    },
    permits(_roleArn, action, resource) {
      role.asked.push(`${action} ${resource.split(':').slice(5).join(':')}`)
      return !role.denied.has(action)
    },
  }
}

/** A bus on which one device speaks to the services that took reserved topics. */
function reservedTopics() {
  const taken: { filter: RegExp; handler: (message: DeviceMessage, reply: Reply) => Promise<void> }[] = []
  const bus: MessageBus = {
    publish: async () => undefined,
    reserve: (filter, handler) => void taken.push({ filter: new RegExp(`^${filter.replaceAll('$', '\\$').replaceAll('+', '[^/]+')}$`), handler }),
    listen: () => undefined,
    disconnectCertificate: () => undefined,
    isConnected: () => true,
  }
  const ask = async (topic: string, request: unknown, { format = 'json', raw }: { readonly format?: PayloadFormat; readonly raw?: Uint8Array } = {}): Promise<Answer> => {
    const fullTopic = `${topic}/${format}`
    const service = taken.find(({ filter }) => filter.test(fullTopic))
    if (!service) throw new Error(`nobody took ${fullTopic}`)
    const payload = raw ?? (format === 'json' ? Buffer.from(JSON.stringify(request)) : encode(request))
    let answer: Answer | undefined
    await service.handler({ topic: fullTopic, payload, qos: 1, retain: false, clientId: 'claiming-device', principal: 'c1a1'.repeat(16) }, async (answerTopic, bytes) => {
      const outcome = answerTopic.slice(fullTopic.length + 1) as Answer['outcome'] // the test looks at it
      answer = { outcome, payload: (typeof bytes === 'string' ? JSON.parse(bytes) : decode(bytes)) as Answer['payload'] }
    })
    if (!answer) throw new Error('there was no answer')
    return answer
  }
  return { bus, ask }
}
