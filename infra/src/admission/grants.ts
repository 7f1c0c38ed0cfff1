// infra/src/admission/grants.ts: what the admission hook may do: read one object, write its log, remove superseded certificates.
import { fleetNames, storeKeys } from '@fleet/contract/names'
import type { StageIdentity } from '@fleet/contract/names'
import { arn, fleetArns } from '../arn.ts'
import { allow, type PolicyDocument } from '../policy-document.ts'

export function hookGrants(stage: StageIdentity): PolicyDocument {
  const arns = fleetArns(stage)
  return allow(
    { sid: 'ReadAllowlist', actions: ['s3:GetObject'], resources: [arns.provisioningObject(storeKeys.allowlist)] },
    {
      sid: 'Supersede',
      actions: ['iot:ListThingPrincipals', 'iot:DescribeCertificate', 'iot:UpdateCertificate', 'iot:DetachThingPrincipal', 'iot:DeleteCertificate'],
      resources: [arn('iot', stage, 'thing/*'), arn('iot', stage, 'cert/*')],
      because: 'Which devices come and what they were given is known at run time only; the hook compares name and key.',
    },
    {
      sid: 'WriteLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${arns.logGroup(`/aws/lambda/${fleetNames(stage).admissionHook}`)}:*`],
      because: "Lambda names the streams of the function's own log group.",
    },
  )
}
