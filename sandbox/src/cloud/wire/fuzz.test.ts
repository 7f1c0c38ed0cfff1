// sandbox/src/cloud/wire/fuzz.test.ts: whatever comes in, the gateway answers, soon, and never with a 500.
import { request as httpRequest } from 'node:http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Service } from '../service.ts'
import { signedHeaders } from './signing.ts'
import { ACCOUNT_KEY, openTestGateway } from './testing.ts'

const nothing = () => ({})
const services: Service[] = [
  { model: 'iot', operations: { CreateThing: nothing, CreateTopicRule: nothing, CreateJob: nothing, CreateProvisioningTemplate: nothing } },
  { model: 'cloudcontrol', operations: { CreateResource: nothing } },
  { model: 'greengrassv2', operations: { CreateDeployment: nothing } },
  { model: 'cloudwatch-logs', operations: { PutLogEvents: nothing, FilterLogEvents: nothing } },
  { model: 'iam', operations: { CreateRole: nothing } },
  { model: 's3', operations: { DeleteObjects: nothing, PutBucketLifecycleConfiguration: nothing, PutObject: nothing } },
]

interface Shot {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly service: string
}

const jsonText = fc.oneof(fc.json({ maxDepth: 4 }), fc.string(), fc.json().map((text) => text.slice(0, -1)), fc.constant('{"__proto__":{"a":1},"constructor":[]}'))
/** JSON with names that the model knows, so that it gets past the first member. */
const known = fc.constantFrom('sql', 'actions', 'lambda', 'functionArn', 'targets', 'components', 'componentVersion', 'logEvents', 'timestamp', 'logGroupName', 'tags', 'TypeName', 'DesiredState', 'attributePayload', 'attributes', 'merge', 'deploymentPolicies', '__proto__')
const modelled = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, fc.string(), fc.double(), fc.boolean(), fc.constant(null), fc.array(tie('value'), { maxLength: 3 }), tie('object')),
  object: fc.dictionary(known, tie('value'), { maxKeys: 4 }),
})).object.map((value) => JSON.stringify(value))
const xmlText = fc.oneof(fc.string(), fc.array(fc.constantFrom('<Delete>', '</Delete>', '<Object>', '</Object>', '<Key>', '</Key>', '<Rule>', '</Rule>', '<![CDATA[', ']]>', '&amp;', '&#0;', '&x;', '<!DOCTYPE a [<!ENTITY x "y">]>', '<?xml version="1.0"?>', 'text', '<a b="c"/>', '<!--')).map((parts) => parts.join('')))
const formText = fc.array(fc.tuple(fc.constantFrom('RoleName', 'Tags.member.1.Key', 'Tags.member.x', 'Tags.member.999999999.Key', 'Tags.entry.1.key', '..', 'Tags', '__proto__.a', 'MaxSessionDuration', 'a.'.repeat(300)), fc.string()), { maxLength: 6 }).map((pairs) => new URLSearchParams([['Action', 'CreateRole'], ['Version', '2010-05-08'], ...pairs]).toString())

const json: fc.Arbitrary<Shot> = fc.record({
  method: fc.constant('POST'),
  target: fc.constantFrom('/things/x', '/rules/r', '/jobs/j', '/provisioning-templates'),
  headers: fc.constant({}),
  body: fc.oneof(jsonText, modelled),
  service: fc.constant('iot'),
})
const rpc: fc.Arbitrary<Shot> = fc.record({
  method: fc.constant('POST'),
  target: fc.constant('/'),
  headers: fc.constantFrom('CloudApiService.CreateResource', 'Logs_20140328.PutLogEvents', 'Logs_20140328.FilterLogEvents').map((target) => ({ 'x-amz-target': target })),
  body: fc.oneof(jsonText, modelled),
  service: fc.constantFrom('cloudcontrolapi', 'logs'),
})
const form = fc.record({ method: fc.constant('POST'), target: fc.constant('/'), headers: fc.constant({ 'content-type': 'application/x-www-form-urlencoded' }), body: formText, service: fc.constant('iam') })
const xml = fc.record({ method: fc.constantFrom('POST', 'PUT'), target: fc.constantFrom('/b-1?delete', '/b-1?lifecycle', '/b-1/k'), headers: fc.constant({}), body: xmlText, service: fc.constant('s3') })
const chunked = fc.record({ method: fc.constant('PUT'), target: fc.constant('/b-1/k'), headers: fc.constant({ 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' }), body: fc.oneof(fc.string(), fc.constantFrom('5\r\nhello\r\n0\r\n\r\n', '5\r\nhell', 'ffffffff\r\n', '0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n', '0', '\r\n\r\n')), service: fc.constant('s3') })
const anything: fc.Arbitrary<Shot> = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS'),
  target: fc.array(fc.constantFrom('/', 'things', '%2F', '%', '%zz', '?', '&', '=', 'b-1', '..', '//', 'acl', 'list-type=2', 'maxResults', '+', 'X-Amz-Algorithm=AWS4-HMAC-SHA256', 'AWSAccessKeyId=a&Signature=b&Expires=c', 'Action=GetRole&Version=2010-05-08'), { maxLength: 8 }).map((parts) => `/${parts.join('')}`),
  headers: fc.constantFrom<Record<string, string>[]>({}, { 'x-amz-target': 'x' }, { 'x-amz-target': '.' }, { range: 'bytes=a-b' }, { 'content-encoding': 'aws-chunked' }, { 'content-md5': 'x' }),
  body: fc.constant(''),
  service: fc.constantFrom('iot', 's3', 'iam', 'nothing', ''),
})

test('anything', async () => {
  const { port, logged } = await openTestGateway({ services })
  await fc.assert(
    fc.asyncProperty(fc.oneof<fc.Arbitrary<Shot>[]>(json, rpc, form, xml, chunked, anything), fc.boolean(), async (shot, isSigned) => {
      const status = await shoot(port, shot, isSigned)
      expect(status, JSON.stringify(logged.filter(({ level }) => level === 'error'))).not.toBe(500)
      expect(status).toBeGreaterThanOrEqual(200)
    }),
    { numRuns: 1500, interruptAfterTimeLimit: 45_000 },
  )
})

/** fetch would mend what is sent; this does not. */
async function shoot(port: number, { method, target, headers, body, service }: Shot, isSigned: boolean): Promise<number> {
  const own = { ...headers, host: `127.0.0.1:${port}`, 'content-length': String(Buffer.byteLength(body)) }
  const signer = { ...ACCOUNT_KEY, region: 'eu-central-1', service, at: new Date() }
  const signed = isSigned && service !== '' ? attempt(() => signedHeaders({ method, target, headers: own, body }, signer)) : own
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const sent = httpRequest({ port, method, path: target, headers: signed, timeout: 5000 }, (response) => {
    response.resume().on('end', () => resolve(response.statusCode ?? 0))
  })
  sent.on('error', reject).on('timeout', () => sent.destroy(new Error('no answer'))).end(body)
  return promise

  function attempt(sign: () => Record<string, string>): Record<string, string> {
    try {
      return sign()
    } catch {
      return own // a target that cannot be signed
    }
  }
}
