// sandbox/src/cloud/cognito/cognito.ts: Amazon Cognito as a page needs it: user pools that sign people in, identity pools that give them the credentials of a role.
import type { Account } from '../account.ts'
import type { Clock } from '../clock.ts'
import type { FederatedSessions } from '../ports.ts'
import type { Grant, Service } from '../service.ts'
import type { Store } from '../store/store.ts'
import { identityPoolArn, identityPoolOperations } from './identity-pools.ts'
import { signInOperations } from './sign-in.ts'
import { poolArn, userPoolTables } from './user-pool-records.ts'
import { userPoolOperations } from './user-pools.ts'
import { userOperations } from './users.ts'

export interface CognitoOptions {
  readonly account: Account
  readonly store: Store
  readonly clock: Clock
  readonly sessions: FederatedSessions
}

export interface Cognito {
  readonly services: readonly Service[]
  readonly identityPools: ReturnType<typeof identityPoolOperations>
}

export function openCognito({ account, store, clock, sessions }: CognitoOptions): Cognito {
  const tables = userPoolTables(store)
  const context = { account, clock, tables }
  const signIn = signInOperations(context)
  const userPools = { ...userPoolOperations(context), ...userOperations(context), ...signIn }
  const identityPools = identityPoolOperations({ account, clock, store, userPools: tables, sessions })
  const services: readonly Service[] = [
    { model: 'cognito-identity-provider', operations: userPools, unsigned: Object.keys(signIn), grants: grants('cognito-idp', userPools, ({ UserPoolId }) => UserPoolId && poolArn(account, UserPoolId)) },
    { model: 'cognito-identity', operations: identityPools, unsigned: ['GetId', 'GetCredentialsForIdentity'], grants: grants('cognito-identity', identityPools, ({ IdentityPoolId }) => IdentityPoolId && identityPoolArn(account, IdentityPoolId)) },
  ]
  return { services, identityPools }
}

interface Named {
  readonly UserPoolId?: string
  readonly IdentityPoolId?: string
}

/** Every operation is granted on the pool that it names (service authorization reference, «Amazon Cognito User Pools», «… Identity»). */
const grants = (prefix: string, operations: object, resourceOf: (input: Named) => string | undefined): NonNullable<Service['grants']> =>
  Object.fromEntries(Object.keys(operations).map((name) => [name, (input: Named): Grant => ({ action: `${prefix}:${name}`, resources: [resourceOf(input) ?? '*'] })]))
