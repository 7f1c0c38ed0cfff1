// infra/src/role.ts: the roles of the stack: under one path, and within the permissions boundary that `fleet bootstrap` made.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { Role } from '@pulumi/aws-native/iam/role.js'
import type * as pulumi from '@pulumi/pulumi'
import { fleetArns } from './arn.ts'
import type { PolicyDocument } from './policy-document.ts'

export interface BoundedRoleArgs {
  readonly stage: Stage
  /** Who may assume it. */
  readonly trusted: PolicyDocument | pulumi.Output<object>
  /** What it may do, by the name of each policy. */
  readonly may?: Readonly<Record<string, PolicyDocument>>
  /** Policies of AWS. */
  readonly managed?: readonly string[]
}

/** The deploy role of the workflows may make no other kind: without this boundary, or elsewhere, AWS refuses (ops/src/bootstrap/github-grants.ts). */
export const boundedRole = (name: string, { stage, trusted, may = {}, managed = [] }: BoundedRoleArgs, parent: pulumi.Resource): Role =>
  new Role(
    name,
    {
      path: fleetNames(stage).rolePath,
      permissionsBoundary: fleetArns(stage).boundaryPolicy,
      assumeRolePolicyDocument: trusted,
      ...(Object.keys(may).length > 0 && { policies: Object.entries(may).map(([policyName, policyDocument]) => ({ policyName, policyDocument })) }),
      ...(managed.length > 0 && { managedPolicyArns: [...managed] }),
    },
    { parent },
  )
