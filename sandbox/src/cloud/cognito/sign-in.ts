// sandbox/src/cloud/cognito/sign-in.ts: signs the users of a pool in: by password, with the change of a first one, and by refresh token.
import { randomBytes } from 'node:crypto'
import type { AuthenticationResultType, AuthFlowType } from '@aws-sdk/client-cognito-identity-provider'
import { AwsError } from '../aws-error.ts'
import { keyOf } from '../store/store.ts'
import { tokensFor } from './tokens.ts'
import { invalid, missing, thePool, type SignInRecord } from './user-pool-records.ts'
import { theClient, type UserPoolContext, type UserPoolOperations } from './user-pools.ts'
import { hashed, isPassword, refuseWeak } from './users.ts'

/** Cognito's defaults. */
const CHALLENGE_MS = 3 * 60_000
const REFRESH_MS = 30 * 24 * 3_600_000

export function signInOperations({ account, clock, tables }: UserPoolContext) {
  const { users, challenges, refreshTokens } = tables
  const clientAt = (clientId: string, flow: AuthFlowType) => {
    const poolId = tables.poolOfClient.get(clientId)
    if (poolId === undefined) throw missing(`User pool client ${clientId} does not exist.`)
    const flows: readonly string[] = theClient(tables, poolId, clientId).settings.ExplicitAuthFlows ?? ['ALLOW_REFRESH_TOKEN_AUTH']
    if (!flows.includes(`ALLOW_${flow.replace(/^REFRESH_TOKEN$/, 'REFRESH_TOKEN_AUTH')}`)) throw invalid(`${flow} flow not enabled for this client`)
    return poolId
  }
  const begun = ({ poolId, clientId, username, authenticatedAt }: Omit<SignInRecord, 'endsAt'>): AuthenticationResultType =>
    tokensFor({ account, tables, pool: thePool(tables, poolId), poolId, clientId, username, now: clock.now(), authenticatedAt })
  const begin = (signIn: Omit<SignInRecord, 'endsAt'>) => {
    const RefreshToken = randomBytes(48).toString('base64url')
    refreshTokens.put(RefreshToken, { ...signIn, endsAt: new Date(clock.now().getTime() + REFRESH_MS) })
    return { ChallengeParameters: {}, AuthenticationResult: { ...begun(signIn), RefreshToken } }
  }
  const byPassword = (clientId: string, { USERNAME: username = '', PASSWORD: password = '' }: Readonly<Record<string, string>>) => {
    const poolId = clientAt(clientId, 'USER_PASSWORD_AUTH')
    const user = users.get(keyOf(poolId, username))
    if (!user || !isPassword(user.password, password)) throw refused('Incorrect username or password.') // the same for both: nobody can probe for names
    if (!user.isEnabled) throw refused('User is disabled.')
    const signIn = { poolId, clientId, username, authenticatedAt: clock.now() }
    if (user.status === 'CONFIRMED') return begin(signIn)
    const Session = randomBytes(48).toString('base64url')
    challenges.put(Session, { ...signIn, endsAt: new Date(clock.now().getTime() + CHALLENGE_MS) })
    return { ChallengeName: 'NEW_PASSWORD_REQUIRED' as const, Session, ChallengeParameters: { USER_ID_FOR_SRP: username, requiredAttributes: '[]', userAttributes: '{}' } }
  }
  const byRefreshToken = (clientId: string, token: string) => {
    clientAt(clientId, 'REFRESH_TOKEN_AUTH')
    const signIn = current(refreshTokens.get(token), clientId)
    if (!signIn) throw refused('Invalid Refresh Token')
    if (users.get(keyOf(signIn.poolId, signIn.username))?.isEnabled !== true) throw refused('User is disabled.')
    return { ChallengeParameters: {}, AuthenticationResult: begun(signIn) }
  }
  const current = (signIn: SignInRecord | undefined, clientId: string) => (signIn?.clientId === clientId && signIn.endsAt > clock.now() ? signIn : undefined)
  return {
    InitiateAuth({ AuthFlow, ClientId: clientId = '', AuthParameters = {} }) {
      if (AuthFlow === 'USER_PASSWORD_AUTH') return byPassword(clientId, AuthParameters)
      if (AuthFlow === 'REFRESH_TOKEN_AUTH' || AuthFlow === 'REFRESH_TOKEN') return byRefreshToken(clientId, AuthParameters['REFRESH_TOKEN'] ?? '')
      throw invalid(`The sandbox does not offer the flow ${String(AuthFlow)}.`)
    },
    RespondToAuthChallenge({ ChallengeName, ClientId: clientId = '', Session: session = '', ChallengeResponses = {} }) {
      if (ChallengeName !== 'NEW_PASSWORD_REQUIRED') throw invalid(`The sandbox does not offer the challenge ${String(ChallengeName)}.`)
      const signIn = current(challenges.get(session), clientId)
      const user = signIn && users.get(keyOf(signIn.poolId, signIn.username))
      if (!user || ChallengeResponses['USERNAME'] !== signIn.username) throw refused('Invalid session for the user.')
      const password = ChallengeResponses['NEW_PASSWORD'] ?? ''
      refuseWeak(thePool(tables, signIn.poolId), password)
      challenges.delete(session)
      users.put(keyOf(signIn.poolId, signIn.username), { ...user, password: hashed(password), status: 'CONFIRMED', changedAt: clock.now() })
      return begin(signIn)
    },
    RevokeToken({ Token: token = '', ClientId: clientId = '' }) {
      if (current(refreshTokens.get(token), clientId)) refreshTokens.delete(token)
      return {}
    },
  } satisfies UserPoolOperations
}

const refused = (message: string) => new AwsError('NotAuthorizedException', message)
