// sandbox/src/cloud/credentials-provider/credentials-provider.ts: gives devices the credentials of a role for their certificate (developer guide, «Authorizing direct calls to AWS services»).
import { randomUUID } from 'node:crypto'
import { AwsError } from '../aws-error.ts'
import type { IotLog } from '../iot-core/iot-log.ts'
import type { DeviceIdentities } from '../iot-core/policy/device-identity.ts'
import { iotArn } from '../iot-core/registry/arns.ts'
import type { OpenRegistry } from '../iot-core/registry/registry.ts'
import type { RoleAliasRecord } from '../iot-core/registry/registry-state.ts'
import type { RoleCredentials, RoleSessions } from '../ports.ts'
import type { HttpAnswer, HttpRequest, HttpRoute } from '../wire/http-route.ts'

export interface CredentialsProviderOptions {
  readonly registry: OpenRegistry
  readonly identities: DeviceIdentities
  readonly roles: RoleSessions
  readonly iotLog: IotLog
}

const PREFIX = '/role-aliases/'

/** `GET /role-aliases/<alias>/credentials` over mutual TLS. */
export function credentialsProvider(options: CredentialsProviderOptions): HttpRoute {
  return {
    prefix: PREFIX,
    handle(request) {
      const alias = aliasIn(request)
      if (alias === undefined) return refused(404, 'Not Found')
      try {
        return answer(200, { credentials: spelled(credentialsFor(options, request, alias)) })
      } catch (error) {
        if (error instanceof Denied) return deny(options, request, { alias, denied: error })
        throw error
      }
    },
  }
}

/** `status` and `message` are what the device hears, `why` is for the operator. */
class Denied extends Error {
  override readonly name = 'Denied'
  readonly status: 403 | 404
  readonly why: string

  constructor(why: string, options: { readonly status?: 403 | 404; readonly message?: string; readonly cause?: unknown } = {}) {
    super(options.message ?? 'Access Denied', options.cause === undefined ? undefined : { cause: options.cause })
    this.status = options.status ?? 403
    this.why = why
  }
}

function credentialsFor({ registry, identities, roles }: CredentialsProviderOptions, request: HttpRequest, alias: string): RoleCredentials {
  const certificateId = request.clientCertificate?.certificateId
  if (certificateId === undefined) throw new Denied('the client showed no certificate')
  const identity = identities.of(certificateId)
  const refusedBecause = identity.refusedBecause()
  if (refusedBecause !== undefined) throw new Denied(refusedBecause)
  const roleAlias = registry.state.tables.roleAliases.get(alias)
  if (!roleAlias) throw new Denied(`there is no role alias ${alias}`, { status: 404, message: 'Role alias does not exist' })
  const thingName = thingOf(registry, certificateId, request.headers['x-amzn-iot-thingname'])
  const resource = iotArn(registry.state.account, 'rolealias', alias)
  const facts = { sourceIp: request.clientAddress, ...(thingName === undefined ? {} : { clientId: thingName }) } // thing variables need its name
  if (!identity.permits('iot:AssumeRoleWithCertificate', resource, facts)) throw new Denied(`no policy allows iot:AssumeRoleWithCertificate on ${resource}`)
  return assume(roles, roleAlias, { certificateId, context: sessionContext(registry, certificateId, thingName) })
}

/** «The ThingName that you provide … must match the name of the AWS IoT Thing resource assigned to a cert.» */
function thingOf({ devices }: OpenRegistry, certificateId: string, thingName: string | undefined): string | undefined {
  if (thingName === undefined || thingName === '') return undefined
  if (devices.thingsOf(certificateId).some((thing) => thing.thingName === thingName)) return thingName
  throw new Denied(`the certificate is not attached to the thing ${thingName}`)
}

/** Variables that the role's policies may name. */
function sessionContext({ devices }: OpenRegistry, certificateId: string, thingName: string | undefined): Record<string, string> {
  const thing = thingName === undefined ? undefined : devices.thing(thingName)
  return {
    'credentials-iot:AwsCertificateId': certificateId,
    ...(thing ? { 'credentials-iot:ThingName': thing.thingName } : {}),
    ...(thing?.thingTypeName === undefined ? {} : { 'credentials-iot:ThingTypeName': thing.thingTypeName }),
  }
}

function assume(roles: RoleSessions, { roleArn, credentialDurationSeconds }: RoleAliasRecord, { certificateId, context }: { certificateId: string; context: Record<string, string> }): RoleCredentials {
  try {
    return roles.assume({ roleArn, service: 'credentials.iot.amazonaws.com', sessionName: certificateId, durationSeconds: credentialDurationSeconds, context })
  } catch (cause) {
    if (cause instanceof AwsError) throw new Denied(`the role ${roleArn} cannot be assumed: ${cause.message}`, { cause })
    throw cause
  }
}

function aliasIn({ method, path }: HttpRequest): string | undefined {
  const alias = /^\/role-aliases\/([^/]+)\/credentials$/.exec(path)?.[1]
  if (method !== 'GET' || alias === undefined) return undefined
  try {
    return decodeURIComponent(alias)
  } catch {
    return undefined // not percent-encoded text: the path of nothing
  }
}

function deny({ iotLog }: CredentialsProviderOptions, request: HttpRequest, { alias, denied }: { alias: string; denied: Denied }): HttpAnswer {
  const principalId = request.clientCertificate?.certificateId ?? 'none'
  iotLog.failure({ eventType: 'AssumeRoleWithCertificate', principalId, roleAlias: alias, sourceIp: request.clientAddress, reason: 'AUTHORIZATION_FAILURE', details: denied.why })
  return refused(denied.status, denied.message)
}

const refused = (status: number, message: string): HttpAnswer => answer(status, { message, traceId: randomUUID() })

const answer = (status: number, body: object): HttpAnswer => ({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

/** Whole seconds, as the devices of AWS read them. */
const spelled = ({ accessKeyId, secretAccessKey, sessionToken, expiration }: RoleCredentials) => ({
  accessKeyId,
  secretAccessKey,
  sessionToken,
  expiration: expiration.toISOString().replace(/\.\d+Z$/, 'Z'),
})
