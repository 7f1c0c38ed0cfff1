// sandbox/src/cloud/iam/resource-policy.ts: what the policy of a resource itself (topic, queue) says of a request; each document is compiled once.
import { AwsError } from '../aws-error.ts'
import { type CompiledPolicy, compile, contextOf, type Decision, PolicyMalformed, type PolicyRequest } from './policy-evaluation.ts'

/** A service of the cloud that acts on a resource for one of its own: `iot.amazonaws.com` for a rule. */
export interface ServiceCaller {
  readonly service: string
  readonly sourceArn: string
}

export interface ResourcePolicies {
  /** Undefined for a resource without a policy, or one that is not there. */
  readonly decide: (request: PolicyRequest) => Decision | undefined
  /** Without a policy no service gets in. */
  lets(caller: ServiceCaller, action: string, resource: string): boolean
}

/** @param textOf the document (JSON text) of this resource, by its ARN */
export function resourcePolicies(textOf: (arn: string) => string | undefined): ResourcePolicies {
  const compiled = new Map<string, { readonly text: string; readonly policy: CompiledPolicy }>()
  const policyOf = (arn: string): CompiledPolicy | undefined => {
    const text = textOf(arn)
    if (text === undefined) return undefined
    const known = compiled.get(arn)
    if (known?.text === text) return known.policy
    const policy = compile(text, { name: 'resource policy', kind: 'resource' })
    compiled.set(arn, { text, policy })
    return policy
  }
  const decide = (request: PolicyRequest) => policyOf(request.resource)?.evaluate(request)
  return {
    decide,
    lets({ service, sourceArn }, action, resource) {
      const context = contextOf({ 'aws:SourceArn': sourceArn, 'aws:SourceAccount': sourceArn.split(':')[4] })
      return decide({ action, resource, context, principal: { type: 'Service', names: [service] } })?.allowed === true
    },
  }
}

/** @throws AwsError of this code when it is no policy of a resource */
export function checkedPolicy(text: string, code: string): string {
  try {
    compile(text, { kind: 'resource' })
    return text
  } catch (error) {
    if (error instanceof PolicyMalformed) throw new AwsError(code, `Invalid parameter: Policy Error: ${error.message}`, { cause: error })
    throw error
  }
}
