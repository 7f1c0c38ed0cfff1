// sandbox/src/cloud/credentials-provider/credentials-provider.test.ts: who gets credentials, for which role, and who does not.
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { AwsError } from '../aws-error.ts'
import { iotLog } from '../iot-core/iot-log.ts'
import { deviceIdentities } from '../iot-core/policy/device-identity.ts'
import { ACCOUNT, activeCertificate, registryInMemory } from '../iot-core/registry/testing.ts'
import type { RoleSessions } from '../ports.ts'
import type { HttpRequest } from '../wire/http-route.ts'
import { credentialsProvider } from './credentials-provider.ts'

const ALIAS_ARN = 'arn:aws:iot:eu-central-1:000000000000:rolealias/device'

/** A device `pi` whose policy lets it assume the alias, and a provider whose role trusts it unless told otherwise. */
function providerAndDevice({ resource = ALIAS_ARN, trusts = true } = {}) {
  const registry = registryInMemory()
  const { operations, clock } = registry
  const certificate = activeCertificate(registry)
  operations.CreateThingType({ thingTypeName: 'lamp' })
  operations.CreateThing({ thingName: 'pi', thingTypeName: 'lamp' })
  operations.CreateThing({ thingName: 'other' })
  operations.AttachThingPrincipal({ thingName: 'pi', principal: certificate.arn, thingPrincipalType: 'EXCLUSIVE_THING' })
  operations.CreatePolicy({ policyName: 'p', policyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:AssumeRoleWithCertificate', Resource: resource }] }) })
  operations.AttachPolicy({ policyName: 'p', target: certificate.arn })
  operations.CreateRoleAlias({ roleAlias: 'device', roleArn: 'arn:aws:iam::000000000000:role/device', credentialDurationSeconds: 900 })
  const assumed: unknown[] = []
  const roles: RoleSessions = {
    assume(request) {
      if (!trusts) throw new AwsError('AccessDenied', 'not trusted')
      assumed.push(request)
      return { accessKeyId: 'ASIATEST', secretAccessKey: 'secret', sessionToken: 'token', expiration: new Date('2026-01-01T00:15:00.123Z') }
    },
    permits: () => true,
  }
  const logged: Record<string, unknown>[] = []
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
  const sink = { append: (_group: string, _stream: string, messages: readonly string[]) => messages.forEach((message) => logged.push(JSON.parse(message) as Record<string, unknown>)) }
  const route = credentialsProvider({ registry, roles, identities: deviceIdentities(registry.devices, clock), iotLog: iotLog({ account: ACCOUNT, clock, log, sink }) })
  const ask = async (options: { path?: string; method?: string; thingName?: string; certificateId?: string | undefined } = {}) => {
    const shown = 'certificateId' in options ? options.certificateId : certificate.certificateId
    const { status, body } = await route.handle(requestOf({ path: '/role-aliases/device/credentials', method: 'GET', ...options }, shown))
    return { status, body: JSON.parse(body as string) as Record<string, unknown> } // it answers with text
  }
  return { ...registry, certificate, ask, assumed, logged }
}

function requestOf({ path, method, thingName }: { path: string; method: string; thingName?: string }, certificateId: string | undefined): HttpRequest {
  return {
    ...{ method, path, rawQuery: '', query: new URLSearchParams(), body: Readable.from([]), isTls: true, origin: 'https://localhost:4566', clientAddress: '127.0.0.1', requestId: 'r' },
    headers: thingName === undefined ? {} : { 'x-amzn-iot-thingname': thingName },
    clientCertificate: certificateId === undefined ? undefined : { certificateId, der: new Uint8Array() },
  }
}

test('a device gets the credentials of the alias’s role, in a session of its own', async () => {
  const { ask, assumed, certificate } = providerAndDevice()
  expect(await ask({ thingName: 'pi' })).toEqual({
    status: 200,
    body: { credentials: { accessKeyId: 'ASIATEST', secretAccessKey: 'secret', sessionToken: 'token', expiration: '2026-01-01T00:15:00Z' } },
  })
  expect(assumed).toEqual([
    {
      roleArn: 'arn:aws:iam::000000000000:role/device',
      service: 'credentials.iot.amazonaws.com',
      sessionName: certificate.certificateId,
      durationSeconds: 900,
      context: { 'credentials-iot:AwsCertificateId': certificate.certificateId, 'credentials-iot:ThingName': 'pi', 'credentials-iot:ThingTypeName': 'lamp' },
    },
  ])
})

test('the name of the thing is not needed, unless a policy names it', async () => {
  expect((await providerAndDevice().ask()).status).toBe(200)
  const { ask } = providerAndDevice({ resource: 'arn:aws:iot:eu-central-1:000000000000:rolealias/${iot:Connection.Thing.ThingTypeName}' })
  expect((await ask()).status).toBe(403)
})

test('a policy may name the thing’s properties', async () => {
  const cloud = providerAndDevice({ resource: 'arn:aws:iot:eu-central-1:000000000000:rolealias/${iot:Connection.Thing.ThingTypeName}' })
  cloud.operations.CreateRoleAlias({ roleAlias: 'lamp', roleArn: 'arn:aws:iam::000000000000:role/lamp' })
  expect((await cloud.ask({ path: '/role-aliases/lamp/credentials', thingName: 'pi' })).status).toBe(200)
  expect((await cloud.ask({ thingName: 'pi' })).status).toBe(403)
})

type Cloud = ReturnType<typeof providerAndDevice>

interface Refused {
  readonly status: number
  readonly message: string
  readonly why: RegExp
}
const denied = (why: RegExp): Refused => ({ status: 403, message: 'Access Denied', why })

test.each<[string, (cloud: Cloud) => ReturnType<Cloud['ask']>, Refused]>([
  ['without a certificate', ({ ask }) => ask({ certificateId: undefined }), denied(/no certificate/)],
  ['with a certificate that nobody registered', ({ ask }) => ask({ certificateId: '0'.repeat(64) }), denied(/not registered/)],
  ['in the name of another thing', ({ ask }) => ask({ thingName: 'other' }), denied(/not attached to the thing other/)],
  ['for an alias that is not there', ({ ask }) => ask({ path: '/role-aliases/nobodys/credentials' }), { status: 404, message: 'Role alias does not exist', why: /no role alias nobodys/ }],
  [
    'with a certificate that was suspended',
    ({ ask, operations, certificate }) => (operations.UpdateCertificate({ certificateId: certificate.certificateId, newStatus: 'INACTIVE' }), ask()),
    denied(/INACTIVE/),
  ],
])('%s there are none', async (_case, act, { status, message, why }) => {
  const cloud = providerAndDevice()
  expect(await act(cloud)).toEqual({ status, body: { message, traceId: expect.any(String) } })
  expect(cloud.assumed).toEqual([])
  expect(cloud.logged).toEqual([expect.objectContaining({ eventType: 'AssumeRoleWithCertificate', status: 'Failure', details: expect.stringMatching(why) })])
})

test('a policy for another alias is not enough', async () => {
  const { ask, logged } = providerAndDevice({ resource: 'arn:aws:iot:eu-central-1:000000000000:rolealias/another' })
  expect((await ask()).status).toBe(403)
  expect(logged[0]?.['details']).toContain(`no policy allows iot:AssumeRoleWithCertificate on ${ALIAS_ARN}`)
})

test('a role that does not trust the credentials provider gives nothing', async () => {
  const { ask, logged } = providerAndDevice({ trusts: false })
  expect(await ask()).toMatchObject({ status: 403, body: { message: 'Access Denied' } })
  expect(logged[0]?.['details']).toContain('cannot be assumed: not trusted')
})

test.each([
  ['another method', { method: 'POST' }],
  ['another path', { path: '/role-aliases/device' }],
  ['a path that is no text', { path: '/role-aliases/%zz/credentials' }],
])('%s is not found', async (_case, options) => {
  expect((await providerAndDevice().ask(options)).status).toBe(404)
})
