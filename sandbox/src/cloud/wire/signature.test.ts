// sandbox/src/cloud/wire/signature.test.ts: who is let in, and in which words the others are refused, in each protocol.
import { createHmac } from 'node:crypto'
import { CloudControlClient, GetResourceCommand } from '@aws-sdk/client-cloudcontrol'
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { DescribeThingCommand, IoTClient } from '@aws-sdk/client-iot'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import type { Service } from '../service.ts'
import { signedHeaders, type Signer } from './signing.ts'
import { ACCOUNT_KEY, openTestGateway, SESSION_ARN, SESSION_KEY } from './testing.ts'

const asked = (name: string): Service['operations'] => ({ [name]: (_input: never, { principal }: { principal: unknown }) => ({ thingName: JSON.stringify(principal), $headers: { 'x-principal': JSON.stringify(principal) } }) })
const services: Service[] = [
  { model: 'iot', operations: asked('DescribeThing') },
  { model: 's3', operations: asked('GetObject') },
  { model: 'iam', operations: asked('GetRole') },
  { model: 'cloudcontrol', operations: asked('GetResource') },
]
const everything = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } })
const open = (options: object = {}) => openTestGateway({ services, rolePolicies: [everything], ...options })
type Client = ReturnType<Awaited<ReturnType<typeof open>>['client']>
interface Key { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }

const CALLS: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
  'REST-JSON': (client) => new IoTClient(client).send(new DescribeThingCommand({ thingName: 'x' })),
  'AWS JSON': (client) => new CloudControlClient(client).send(new GetResourceCommand({ TypeName: 'A::B::C', Identifier: 'x' })),
  query: (client) => new IAMClient(client).send(new GetRoleCommand({ RoleName: 'x' })),
  S3: (client) => new S3Client(client).send(new GetObjectCommand({ Bucket: 'b-1', Key: 'x' })),
}

/** What each protocol calls it, and the status. */
const REFUSALS: Readonly<Record<string, readonly [key: Key, moved: number, names: Readonly<Record<string, readonly [string, number]>>]>> = {
  'an unknown key': [{ accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' }, 0, { 'REST-JSON': ['UnrecognizedClientException', 403], 'AWS JSON': ['UnrecognizedClientException', 400], query: ['InvalidClientTokenId', 403], S3: ['InvalidAccessKeyId', 403] }],
  'a wrong secret': [{ ...ACCOUNT_KEY, secretAccessKey: 'x' }, 0, { 'REST-JSON': ['InvalidSignatureException', 403], 'AWS JSON': ['InvalidSignatureException', 400], query: ['SignatureDoesNotMatch', 403], S3: ['SignatureDoesNotMatch', 403] }],
  'a session without its token': [{ ...SESSION_KEY, sessionToken: undefined }, 0, { 'REST-JSON': ['UnrecognizedClientException', 403], 'AWS JSON': ['UnrecognizedClientException', 400], query: ['InvalidClientTokenId', 403], S3: ['InvalidAccessKeyId', 403] }],
  'a wrong token': [{ ...SESSION_KEY, sessionToken: 'x' }, 0, { 'REST-JSON': ['UnrecognizedClientException', 403], 'AWS JSON': ['UnrecognizedClientException', 400], query: ['InvalidClientTokenId', 403], S3: ['InvalidToken', 400] }],
  'a token for a key that has none': [{ ...ACCOUNT_KEY, sessionToken: 'x' }, 0, { 'REST-JSON': ['UnrecognizedClientException', 403], 'AWS JSON': ['UnrecognizedClientException', 400], query: ['InvalidClientTokenId', 403], S3: ['InvalidToken', 400] }],
  'an expired session': [SESSION_KEY, 3_601_000, { 'REST-JSON': ['ExpiredTokenException', 403], 'AWS JSON': ['ExpiredTokenException', 400], query: ['ExpiredToken', 403], S3: ['ExpiredToken', 400] }],
  'a clock 16 minutes behind': [ACCOUNT_KEY, 16 * 60_000, { 'REST-JSON': ['InvalidSignatureException', 403], 'AWS JSON': ['InvalidSignatureException', 400], query: ['SignatureDoesNotMatch', 403], S3: ['RequestTimeTooSkewed', 403] }],
  'a clock 16 minutes ahead': [ACCOUNT_KEY, -16 * 60_000, { 'REST-JSON': ['InvalidSignatureException', 403], 'AWS JSON': ['InvalidSignatureException', 400], query: ['SignatureDoesNotMatch', 403], S3: ['RequestTimeTooSkewed', 403] }],
}

describe.each(Object.keys(CALLS))('%s', (protocol) => {
  const call = CALLS[protocol]!

  test('the account and a session are known', async () => {
    const { client, logged } = await open()
    await call(client())
    await call(client(SESSION_KEY))
    expect(logged.map(({ fields }) => fields['caller'])).toEqual(['arn:aws:iam::000000000000:root', SESSION_ARN])
  })

  test.each(Object.keys(REFUSALS))('%s is refused', async (refusal) => {
    const [key, moved, names] = REFUSALS[refusal]!
    const { client, clock } = await open()
    clock.advance(moved)
    const [name, httpStatusCode] = names[protocol]!
    await expect(call(client(key))).rejects.toMatchObject({ name, $metadata: { httpStatusCode } })
  })
})

test('a client whose clock is off corrects itself by our Date', async () => {
  const { client, clock } = await open()
  clock.advance(365 * 86_400_000)
  await new IoTClient({ ...client(), maxAttempts: 2 }).send(new DescribeThingCommand({ thingName: 'x' }))
})

describe('a request signed by hand', () => {
  const signer: Signer = { ...ACCOUNT_KEY, region: 'eu-central-1', service: 'iot', at: new Date() }
  const send = async (endpoint: string, { target = '/things/x', method = 'GET', body, headers, ...changes }: Partial<Signer> & { target?: string; method?: string; body?: string; headers?: Record<string, string> } = {}) => {
    const signed = signedHeaders({ method, target, headers: { host: new URL(endpoint).host, ...headers }, ...(body === undefined ? {} : { body }) }, { ...signer, ...changes })
    const { host: _host, ...rest } = signed
    return { url: endpoint + target, init: { method, headers: rest, ...(body === undefined ? {} : { body }) } }
  }
  const answer = async (url: string, init: RequestInit) => {
    const response = await fetch(url, init)
    return { status: response.status, type: response.headers.get('x-amzn-errortype'), text: await response.text() }
  }

  test.each(['/things/x', '/things/a%3Ab', '/things/x?a=b%20c&a=a&Z=%2B', "/things/it's(!)*", '/things//x/../x'])('%s holds', async (target) => {
    const { endpoint } = await open()
    const { url, init } = await send(endpoint, { target })
    expect((await answer(url, init)).type).not.toBe('InvalidSignatureException')
  })

  test.each<[string, (sent: { url: string; init: RequestInit & { headers: Record<string, string> } }) => void]>([
    ['another path', (sent) => (sent.url += 'y')],
    ['another query', (sent) => (sent.url += '?a=b')],
    ['another method', (sent) => (sent.init.method = 'DELETE')],
    ['another body', (sent) => Object.assign(sent.init, { method: 'POST', body: '{"a":1}' })],
    ['another signed header', (sent) => (sent.init.headers['x-mine'] = 'b')],
    ['another date', (sent) => (sent.init.headers['x-amz-date'] = sent.init.headers['x-amz-date']!.replace(/\d\dZ$/, '00Z').replace(/00Z$/, '01Z'))],
  ])('with %s does not hold', async (_case, change) => {
    const { endpoint } = await open()
    const sent = await send(endpoint, { headers: { 'x-mine': 'a' } })
    change(sent)
    expect(await answer(sent.url, sent.init)).toMatchObject({ status: 403, type: 'InvalidSignatureException' })
  })

  test.each<[string, Partial<Signer>, string]>([
    ['another region', { region: 'us-east-1' }, "Credential should be scoped to a valid region, not 'us-east-1'"],
    ['the wrong service for the target', { service: 'logs' }, "Credential should be scoped to correct service: 'cloudcontrolapi'."],
  ])('for %s is refused', async (_case, changes, message) => {
    const { endpoint } = await open()
    const { url, init } = await send(endpoint, { ...changes, method: 'POST', target: '/', body: '{}', headers: changes.service ? { 'x-amz-target': 'CloudApiService.GetResource' } : {} })
    expect((await answer(url, init)).text).toContain(message)
  })

  test('a global service may be signed for any region', async () => {
    const { client } = await open()
    await new IAMClient({ ...client(), region: 'us-east-1' }).send(new GetRoleCommand({ RoleName: 'x' }))
  })

  test.each<[string, Record<string, string>, string, string]>([
    ['nothing', {}, 'MissingAuthenticationToken', '/?Action=GetRole&Version=2010-05-08&RoleName=x'],
    ['half a signature', { authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/eu-central-1/iot/aws4_request' }, 'IncompleteSignatureException', '/things/x'],
    ['a made up algorithm', { authorization: 'AWS4-HMAC-MD5 Credential=a/20260101/eu-central-1/iot/aws4_request, SignedHeaders=host, Signature=x' }, 'IncompleteSignatureException', '/things/x'],
    ['a signature without its host', { authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT_KEY.accessKeyId}/20260101/eu-central-1/iot/aws4_request, SignedHeaders=x-amz-date, Signature=x`, 'x-amz-date': '20260101T000000Z' }, 'InvalidSignatureException', '/things/x'],
    ['no date', { authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT_KEY.accessKeyId}/20260101/eu-central-1/iot/aws4_request, SignedHeaders=host, Signature=x` }, 'InvalidSignatureException', '/things/x'],
  ])('%s is refused', async (_case, headers, code, target) => {
    const { endpoint } = await open()
    const { type, text, status: given } = await answer(endpoint + target, { headers })
    expect([given, type ?? /<Code>(.*)<\/Code>/.exec(text)?.[1]]).toEqual([403, code])
  })

  test('S3 compares the body with the hash that was signed', async () => {
    const { endpoint } = await openTestGateway({ services: [{ model: 's3', operations: { PutObject: () => ({}) } }] })
    const { url, init } = await send(endpoint, { service: 's3', method: 'PUT', target: '/b-1/x', body: 'hello' })
    expect((await answer(url, init)).status).toBe(200)
    expect((await answer(url, { ...init, body: 'HELLO' })).text).toContain('<Code>XAmzContentSHA256Mismatch</Code>')
  })

  test('can be left unchecked for benches; the key must be known all the same', async () => {
    const { endpoint } = await open({ verifySignatures: false })
    const { url, init } = await send(endpoint, { secretAccessKey: 'wrong' })
    expect((await answer(url, init)).status).toBe(200)
    const unknown = await send(endpoint, { accessKeyId: 'AKIAUNKNOWN' })
    expect((await answer(unknown.url, unknown.init)).type).toBe('UnrecognizedClientException')
  })
})

describe('chunks signed one by one', () => {
  const CHUNKED: Service = { model: 's3', operations: { PutObject: ({ Body }: { Body: Uint8Array }) => ({ ETag: Buffer.from(Body).toString() }) } }
  const HASH = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'

  async function put(change: (body: string) => string) {
    const { endpoint } = await openTestGateway({ services: [CHUNKED] })
    const signer: Signer = { ...ACCOUNT_KEY, region: 'eu-central-1', service: 's3', at: new Date() }
    const headers = signedHeaders({ method: 'PUT', target: '/b-1/x', headers: { host: new URL(endpoint).host, 'x-amz-content-sha256': HASH, 'x-amz-decoded-content-length': '10' } }, signer)
    const date = headers['x-amz-date']!
    const key = ['eu-central-1', 's3', 'aws4_request'].reduce((parent, part) => createHmac('sha256', parent).update(part).digest(), createHmac('sha256', `AWS4${signer.secretAccessKey}`).update(date.slice(0, 8)).digest())
    const { sha256Hex } = await import('./sigv4.ts')
    let previous = /Signature=(\w+)/.exec(headers['authorization']!)![1]!
    const chunk = (text: string) => {
      const signed = ['AWS4-HMAC-SHA256-PAYLOAD', date, `${date.slice(0, 8)}/eu-central-1/s3/aws4_request`, previous, sha256Hex(''), sha256Hex(text)].join('\n')
      previous = createHmac('sha256', key).update(signed).digest('hex')
      return `${text.length.toString(16)};chunk-signature=${previous}\r\n${text}\r\n`
    }
    const body = change(chunk('hello') + chunk('world') + chunk(''))
    const { host: _host, ...rest } = headers
    const response = await fetch(`${endpoint}/b-1/x`, { method: 'PUT', body, headers: rest })
    return response.headers.get('etag') ?? (await response.text())
  }

  test('are put together', async () => {
    expect(await put((body) => body)).toBe('helloworld')
  })

  test.each<[string, (body: string) => string, string]>([
    ['changed', (body) => body.replace('world', 'WORLD'), 'SignatureDoesNotMatch'],
    ['cut', (body) => body.slice(0, -20), 'IncompleteBody'],
    ['unsigned', (body) => body.replace(/;chunk-signature=\w+/, ''), 'SignatureDoesNotMatch'],
    ['not framed', () => 'hello', 'IncompleteBody'],
  ])('are refused when %s', async (_case, change, code) => {
    expect(await put(change)).toContain(`<Code>${code}</Code>`)
  })
})

test('presigned URLs of the old kind, as boto3 writes them', async () => {
  const { endpoint, clock } = await open()
  const url = (method: string, { key = ACCOUNT_KEY, expires = Math.floor(Date.now() / 1000) + 60, extra = '' } = {}) => {
    const signature = createHmac('sha1', key.secretAccessKey).update(`${method}\n\n\n${expires}\n/b-1/a%20b${extra}`).digest('base64')
    return `${endpoint}/b-1/a%20b?${extra.slice(1)}${extra && '&'}AWSAccessKeyId=${key.accessKeyId}&Signature=${encodeURIComponent(signature)}&Expires=${expires}`
  }
  expect((await fetch(url('GET'))).status).toBe(200)
  expect((await fetch(url('GET', { extra: '?versionId=v' }))).status).toBe(200)
  expect(await (await fetch(url('PUT'))).text()).toContain('<Code>SignatureDoesNotMatch</Code>')
  expect(await (await fetch(url('GET', { key: { ...ACCOUNT_KEY, accessKeyId: 'AKIAUNKNOWN' } }))).text()).toContain('<Code>InvalidAccessKeyId</Code>')
  clock.advance(61_000)
  expect(await (await fetch(url('GET', { expires: Math.floor(Date.now() / 1000) + 60 }))).text()).toContain('Request has expired')
})
