// infra/src/provisioning/claim-policy.ts: what the claim certificate may do: get a certificate for a CSR, and register with our one template.
import { fleetNames } from '@fleet/contract/names'
import { CLAIM_CLIENT_PREFIX } from '@fleet/contract/provisioning'
import type { Stage } from '@fleet/contract/stage'
import { arn } from '../arn.ts'
import { allow, type PolicyDocument } from '../policy-document.ts'

/** Every flashed card holds this certificate, so it is the least secret of the fleet: it reaches nothing but these two MQTT APIs (AWS IoT guide, «Device provisioning MQTT API»). */
export function claimPolicy(stage: Stage): PolicyDocument {
  const apis = ['$aws/certificates/create-from-csr', `$aws/provisioning-templates/${fleetNames(stage).provisioningTemplate}/provision`]
  const under = (kind: 'topic' | 'topicfilter') => apis.map((api) => arn('iot', stage, `${kind}/${api}/*`))
  const because = 'Each API ends in its payload format, then in accepted or rejected.'
  return allow(
    {
      sid: 'ConnectAsClaim',
      actions: ['iot:Connect'],
      resources: [arn('iot', stage, `client/${CLAIM_CLIENT_PREFIX}*`)],
      because: 'The certificate is the same on every card, the client id is not; no client id of a provisioned device begins so.',
    },
    { sid: 'Ask', actions: ['iot:Publish', 'iot:Receive'], resources: under('topic'), because },
    { sid: 'Hear', actions: ['iot:Subscribe'], resources: under('topicfilter'), because },
  )
}
