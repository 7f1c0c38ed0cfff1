// console/src/aws/client-cognito-identity-provider.ts: signing in to the user pool.
import { clientOf, commandOf, json } from './client.ts'

const of = json('AWSCognitoIdentityProviderService')

export const CognitoIdentityProviderClient = clientOf({ prefix: 'cognito-idp', signedAs: 'cognito-idp' })
export const InitiateAuthCommand = commandOf(of('InitiateAuth'))
export const RespondToAuthChallengeCommand = commandOf(of('RespondToAuthChallenge'))
