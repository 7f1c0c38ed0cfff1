// console/src/cloud/session.ts: signs a person in and gets the credentials of her group's role, again and again before they end.
import { CognitoIdentityClient, GetCredentialsForIdentityCommand, GetIdCommand } from '@aws-sdk/client-cognito-identity'
import { CognitoIdentityProviderClient, InitiateAuthCommand, RespondToAuthChallengeCommand, type AuthenticationResultType } from '@aws-sdk/client-cognito-identity-provider'
import type { ConsoleSettings } from '@fleet/contract/console-settings'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiration: Date
}

export interface Session {
  readonly settings: ConsoleSettings
  /** As the user pool spells it, and AWS knows her by it. */
  readonly username: string
  readonly groups: readonly string[]
  /** SDK clients ask again when the former are about to end. */
  readonly credentials: () => Promise<Credentials>
}

/** Asked for when the password is a first one. */
export type NewPassword = () => Promise<string>

/** @throws what Cognito refuses with */
export async function signIn(settings: ConsoleSettings, { username, password, newPassword }: { readonly username: string; readonly password: string; readonly newPassword: NewPassword }): Promise<Session> {
  const { idp, identity } = clientsOf(settings)
  const ClientId = settings.userPoolClientId
  const first = await idp.send(new InitiateAuthCommand({ AuthFlow: 'USER_PASSWORD_AUTH', ClientId, AuthParameters: { USERNAME: username, PASSWORD: password } }))
  const { AuthenticationResult: tokens } =
    first.ChallengeName === 'NEW_PASSWORD_REQUIRED'
      ? await idp.send(new RespondToAuthChallengeCommand({ ChallengeName: 'NEW_PASSWORD_REQUIRED', ClientId, Session: first.Session, ChallengeResponses: { USERNAME: username, NEW_PASSWORD: await newPassword() } }))
      : first
  const idToken = renewing(idp, ClientId, tokens)
  const provider = `cognito-idp.${settings.region}.amazonaws.com/${settings.userPoolId}`
  const { IdentityId } = await identity.send(new GetIdCommand({ IdentityPoolId: settings.identityPoolId, Logins: { [provider]: await idToken() } }))
  const credentials = async () => credentialsOf(await identity.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins: { [provider]: await idToken() } })))
  const claims = claimsOf(await idToken())
  return { settings, username: String(claims['cognito:username']), groups: groupsIn(claims), credentials }
}

function clientsOf({ region, sandbox }: ConsoleSettings) {
  const config = { region, ...(sandbox && { endpoint: sandbox.gateway }) }
  return { idp: new CognitoIdentityProviderClient(config), identity: new CognitoIdentityClient(config) }
}

const RENEW_BEFORE_MS = 5 * 60_000

/** ID tokens live for an hour, the refresh token for a month. */
function renewing(idp: CognitoIdentityProviderClient, ClientId: string, first: AuthenticationResultType | undefined): () => Promise<string> {
  let token = first?.IdToken ?? ''
  const refresh = first?.RefreshToken ?? ''
  return async () => {
    if (endOf(token) - Date.now() > RENEW_BEFORE_MS) return token
    const { AuthenticationResult } = await idp.send(new InitiateAuthCommand({ AuthFlow: 'REFRESH_TOKEN_AUTH', ClientId, AuthParameters: { REFRESH_TOKEN: refresh } }))
    return (token = AuthenticationResult?.IdToken ?? '')
  }
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const body = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
  return JSON.parse(atob(body)) as Record<string, unknown> // Cognito's own; only shown, never trusted
}

const endOf = (token: string) => Number(claimsOf(token)['exp']) * 1000

function groupsIn(claims: ReturnType<typeof claimsOf>): readonly string[] {
  const groups = claims['cognito:groups']
  return Array.isArray(groups) ? groups.map(String) : []
}

function credentialsOf({ Credentials: { AccessKeyId = '', SecretKey = '', SessionToken = '', Expiration = new Date() } = {} }: { readonly Credentials?: { readonly AccessKeyId?: string | undefined; readonly SecretKey?: string | undefined; readonly SessionToken?: string | undefined; readonly Expiration?: Date | undefined } | undefined }): Credentials {
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretKey, sessionToken: SessionToken, expiration: Expiration }
}
