// infra/src/console/sign-in.ts: who may sign in to the console, and as whom they then call AWS: user pool, groups, identity pool, a role for each group.
import { CONSOLE_GROUPS, PERSON_TAG, type ConsoleGroup } from '@fleet/contract/console-settings'
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { IdentityPool } from '@pulumi/aws-native/cognito/identityPool.js'
import { IdentityPoolPrincipalTag } from '@pulumi/aws-native/cognito/identityPoolPrincipalTag.js'
import { IdentityPoolRoleAttachment } from '@pulumi/aws-native/cognito/identityPoolRoleAttachment.js'
import { UserPool } from '@pulumi/aws-native/cognito/userPool.js'
import { UserPoolClient } from '@pulumi/aws-native/cognito/userPoolClient.js'
import { UserPoolGroup } from '@pulumi/aws-native/cognito/userPoolGroup.js'
import { Policy } from '@pulumi/aws-native/iot/policy.js'
import * as pulumi from '@pulumi/pulumi'
import { allow } from '../policy-document.ts'
import { boundedRole } from '../role.ts'
import { consoleGrants, consoleIotPolicy, consoleTrust } from './console-grants.ts'

/** Whoever is in both acts as the first. */
const PRECEDENCE: Readonly<Record<ConsoleGroup, number>> = { operator: 1, viewer: 2 }

export function consoleSignIn(name: string, stage: Stage, parent: pulumi.Resource) {
  const users = userPool(`${name}-users`, stage, parent)
  const client = new UserPoolClient(
    `${name}-client`,
    { userPoolId: users.id, clientName: fleetNames(stage).console, explicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'], preventUserExistenceErrors: 'ENABLED', enableTokenRevocation: true },
    { parent },
  )
  const provider = pulumi.interpolate`cognito-idp.${stage.region}.amazonaws.com/${users.id}`
  const identities = new IdentityPool(
    `${name}-identities`,
    { identityPoolName: fleetNames(stage).console, allowUnauthenticatedIdentities: false, allowClassicFlow: false, cognitoIdentityProviders: [{ providerName: provider, clientId: client.clientId, serverSideTokenCheck: true }] },
    { parent },
  )
  // The role is that of the group, which the token names; without a group there is none.
  const roleMappings = pulumi.all([provider, client.clientId]).apply(([pool, clientId]) => ({ [`${pool}:${clientId}`]: { type: 'Token', ambiguousRoleResolution: 'Deny' } }))
  new IdentityPoolRoleAttachment(`${name}-roles`, { identityPoolId: identities.id, roleMappings }, { parent })
  new IdentityPoolPrincipalTag(`${name}-person`, { identityPoolId: identities.id, identityProviderName: provider, useDefaults: false, principalTags: { [PERSON_TAG]: 'cognito:username' } }, { parent })
  for (const group of CONSOLE_GROUPS) {
    const role = boundedRole(`${name}-${group}-role`, { stage, trusted: identities.id.apply(consoleTrust), may: { [group]: allow(...consoleGrants(stage, group)) } }, parent)
    new UserPoolGroup(`${name}-${group}`, { userPoolId: users.id, groupName: group, roleArn: role.arn, precedence: PRECEDENCE[group] }, { parent })
  }
  new Policy(`${name}-iot-policy`, { policyName: fleetNames(stage).console, policyDocument: consoleIotPolicy(stage) }, { parent })
  return { userPoolId: users.id, userPoolClientId: client.clientId, identityPoolId: identities.id }
}

/** Nobody signs up by herself: `fleet console user add` lets people in. */
const userPool = (name: string, stage: Stage, parent: pulumi.Resource): UserPool =>
  new UserPool(
    name,
    {
      userPoolName: fleetNames(stage).console,
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      policies: { passwordPolicy: { minimumLength: 12, requireLowercase: true, requireNumbers: true, requireSymbols: true, requireUppercase: true, temporaryPasswordValidityDays: 7 } },
      accountRecoverySetting: { recoveryMechanisms: [{ name: 'admin_only', priority: 1 }] },
      deletionProtection: stage.protectsData ? 'ACTIVE' : 'INACTIVE',
    },
    { parent, protect: stage.protectsData },
  )
