// ops/src/bootstrap/secrets-key-policy.ts: who may use the key of a stage's secrets: the account's administrators, and the workflows of this stage.
import { partition } from '@fleet/contract/arn'
import { fleetNames, type StageIdentity } from '@fleet/contract/names'

/** What the Pulumi CLI does with the key: it seals and opens the data key of the state, no more. */
export const SECRETS_USE = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt'] as const

/**
 * Whom the account's own policies let is let by the first statement: else nobody could rescue the key (KMS guide, «Default key policy»).
 * The workflows' roles are named by a condition, not as principals: they may not be there yet, and KMS refuses principals that are not.
 */
export function secretsKeyPolicy(stage: StageIdentity) {
  const { workflowRole, secretsKeyAlias } = fleetNames(stage)
  const iam = (resource: string) => `arn:${partition(stage.region)}:iam::${stage.accountId}:${resource}`
  return {
    Version: '2012-10-17',
    Id: secretsKeyAlias,
    Statement: [
      { Sid: 'Administration', Effect: 'Allow', Principal: { AWS: iam('root') }, Action: 'kms:*', Resource: '*' },
      {
        Sid: 'Workflows',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: SECRETS_USE,
        Resource: '*',
        Condition: { StringEquals: { 'kms:CallerAccount': stage.accountId }, ArnEquals: { 'aws:PrincipalArn': [iam(`role/${workflowRole('deploy')}`), iam(`role/${workflowRole('plan')}`)] } },
      },
    ],
  }
}
