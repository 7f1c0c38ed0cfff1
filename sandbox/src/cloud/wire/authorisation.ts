// sandbox/src/cloud/wire/authorisation.ts: whether a caller may run an operation: its role's policies together with what the resource's own policy says.
import { type Account, globalArn } from '../account.ts'
import { type Context, contextOf, type Decision, evaluate } from '../iam/policy-evaluation.ts'
import type { Call, Grant, Principal, Service } from '../service.ts'
import { faultOf } from './faults.ts'
import type { Identities } from './identities.ts'
import type { ModelDefinition, OperationModel } from './model.ts'

export interface Asking {
  readonly model: Pick<ModelDefinition, 'iamPrefix' | 'protocol' | 'denied'>
  readonly service: Service
  readonly operation: Pick<OperationModel, 'name'>
  readonly input: unknown
  readonly call: Call
  readonly clientAddress: string
  readonly now: Date
}

/** Deny by default; an explicit deny wins; within one account either policy may allow (IAM guide, «Policy evaluation logic»). @throws AwsError */
export function authorise(identities: Identities, asking: Asking): void {
  const { model, service, operation, call } = asking
  const { principal } = call
  if (principal.kind === 'certificate') {
    if (!service.certificateCallers) throw faultOf(model, 'denied', 'Forbidden')
    return // its IoT policies are for the operation to ask
  }
  if (service.unsigned?.includes(operation.name)) return
  if (!service.resourcePolicy) {
    if (principal.kind === 'anonymous') throw faultOf(model, 'missing-token')
    if (principal.kind === 'account') return
  }
  for (const { action, resources, context } of grantsOf(asking)) {
    for (const resource of resources) decide(identities, asking, { action, resource, context: contextFor(asking, { ...identities.sessionContext?.(principal), ...context }) })
  }
}

function grantsOf({ model, service, operation, input, call }: Asking): readonly Grant[] {
  const grant = service.grants?.[operation.name]
  if (!grant) return [{ action: `${model.iamPrefix}:${operation.name}`, resources: ['*'] }]
  const wanted = grant(input as never, call.account) // the input of this very operation
  return Array.isArray(wanted) ? (wanted as readonly Grant[]) : [wanted as Grant] // readonly arrays escape Array.isArray's type
}

interface Request {
  readonly action: string
  readonly resource: string
  readonly context: Context
}

function decide(identities: Identities, asking: Asking, request: Request): void {
  const { principal, account } = asking.call
  const byResource = asking.service.resourcePolicy?.({ ...request, principal: { type: 'AWS', names: namesOf(principal, account) } })
  if (byResource && !byResource.allowed && byResource.reason === 'explicit-deny') throw refusal(asking, request, 'with an explicit deny in a resource-based policy')
  if (byResource && !byResource.allowed && asking.service.resourcePolicyRules) throw refusal(asking, request, `because no resource-based policy allows the ${request.action} action`)
  if (principal.kind === 'account') return
  const own = identities.policiesOf(principal).map((policies) => evaluate(policies, request))
  const denied = own.find((decision): decision is Exclude<Decision, { allowed: true }> => !decision.allowed)
  if (denied?.reason === 'explicit-deny') throw refusal(asking, request, 'with an explicit deny in an identity-based policy')
  if (byResource?.allowed || (principal.kind === 'role-session' && !denied)) return identities.accessed?.(principal, asking.model.iamPrefix)
  if (principal.kind === 'anonymous') throw faultOf(asking.model, 'denied', 'Access Denied')
  throw refusal(asking, request, `because no identity-based policy allows the ${request.action} action`)
}

/** What a principal's own policies say, for services that ask outside an operation (an OCI registry, S3's «may list»): deny by default. */
export function permitsByItself(identities: Identities, principal: Principal, { action, resource }: Omit<Request, 'context'>): boolean {
  if (principal.kind === 'account') return true
  const context = contextOf({ 'aws:SecureTransport': 'true', ...identities.sessionContext?.(principal) })
  return principal.kind === 'role-session' && identities.policiesOf(principal).every((policies) => evaluate(policies, { action, resource, context }).allowed)
}

const refusal = ({ model, call }: Asking, { action, resource }: Request, why: string) =>
  faultOf(model, 'denied', `User: ${'arn' in call.principal ? call.principal.arn : 'anonymous'} is not authorized to perform: ${action} on resource: ${model.protocol === 'rest-xml' && resource !== '*' ? `"${resource}"` : resource} ${why}`)

/** All names by which a resource-based policy may mean this caller. */
export function namesOf(principal: Principal, account: Account): readonly string[] {
  if (principal.kind === 'anonymous') return []
  const ofAccount = [account.accountId, globalArn('iam', account, 'root')]
  if (principal.kind !== 'role-session') return [principal.arn, ...ofAccount]
  return [principal.arn, globalArn('iam', account, `role/${principal.roleName}`), ...ofAccount]
}

/**
 * Global condition keys. Plain HTTP on this machine counts as secure transport: nobody else can listen there, and the programs
 * under test must be able to keep their «TLS only» bucket policies.
 */
function contextFor({ call, clientAddress, now }: Asking, own: Grant['context']): Context {
  const { principal, account } = call
  return contextOf({
    ...own,
    'aws:SecureTransport': 'true',
    'aws:CurrentTime': now.toISOString(),
    'aws:EpochTime': String(Math.floor(now.getTime() / 1000)),
    'aws:SourceIp': clientAddress,
    'aws:RequestedRegion': account.region,
    'aws:UserAgent': call.headers['user-agent'],
    ...(principal.kind === 'anonymous' ? {} : { 'aws:PrincipalArn': namesOf(principal, account)[principal.kind === 'role-session' ? 1 : 0], 'aws:PrincipalAccount': account.accountId }),
    ...(principal.kind === 'anonymous' ? { 'aws:PrincipalType': 'Anonymous' } : { 'aws:PrincipalType': principal.kind === 'role-session' ? 'AssumedRole' : 'Account' }),
  })
}
