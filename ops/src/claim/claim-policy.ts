// ops/src/claim/claim-policy.ts: attaches the stack's claim policy to the claim certificate.
import { AttachPolicyCommand, paginateListAttachedPolicies, ResourceNotFoundException, type IoTClient } from '@aws-sdk/client-iot'
import { collect } from '../aws/pages.ts'
import { suppressSharing } from './shared-by-design.ts'

/** `stack-missing`: there is no such policy yet; the certificate can do nothing until then. */
export type PolicyOutcome = 'attached' | 'kept' | 'stack-missing'

export async function ensurePolicy(certificateArn: string, policyName: string, iot: IoTClient): Promise<PolicyOutcome> {
  if (await hasPolicy(certificateArn, policyName, iot)) return 'kept'
  await suppressSharing(certificateArn.split('/').at(-1) ?? '', iot) // before anybody can use it
  try {
    await iot.send(new AttachPolicyCommand({ policyName, target: certificateArn }))
    return 'attached'
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return 'stack-missing'
    throw error
  }
}

export async function hasPolicy(certificateArn: string, policyName: string, iot: IoTClient): Promise<boolean> {
  const attached = await collect(paginateListAttachedPolicies({ client: iot }, { target: certificateArn }), (page) => page.policies)
  return attached.some((policy) => policy.policyName === policyName)
}
