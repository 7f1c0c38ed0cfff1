// console/src/aws/client-cognito-identity.ts: the credentials of whoever has signed in.
import { clientOf, commandOf, json } from './client.ts'

const of = json('AWSCognitoIdentityService')

export const CognitoIdentityClient = clientOf({ prefix: 'cognito-identity', signedAs: 'cognito-identity' })
export const GetIdCommand = commandOf(of('GetId'))
export const GetCredentialsForIdentityCommand = commandOf(of('GetCredentialsForIdentity'))
