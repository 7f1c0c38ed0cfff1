// sandbox/src/cloud/lambda/letting-in.ts: whether a function's resource policy lets a service of the cloud invoke it.
import { compile, contextOf } from '../iam/policy-evaluation.ts'
import type { ServiceCall } from './invocations.ts'

/** Without a policy no service gets in. The statement may bind the service to a source ARN, a source account, or both. */
export function lettingIn(document: string | undefined, { functionArn, service, sourceArn, sourceAccount }: ServiceCall): boolean {
  if (document === undefined) return false
  const decision = compile(document, { kind: 'resource' }).evaluate({
    action: 'lambda:InvokeFunction',
    resource: functionArn,
    principal: { type: 'Service', names: [service] },
    context: contextOf({ 'aws:SourceArn': sourceArn, 'aws:SourceAccount': sourceAccount }),
  })
  return decision.allowed
}
