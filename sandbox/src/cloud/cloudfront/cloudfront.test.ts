// sandbox/src/cloud/cloudfront/cloudfront.test.ts: a bucket that nobody may read is served by a distribution of it, and by no other: with AWS's own client and plain HTTP.
import { request as httpsRequest } from 'node:https'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { CloudFrontClient, CreateDistributionCommand, CreateOriginAccessControlCommand, CreateResponseHeadersPolicyCommand, DeleteDistributionCommand, GetDistributionCommand, ListDistributionsCommand, UpdateDistributionCommand, type DistributionConfig } from '@aws-sdk/client-cloudfront'
import { CreateBucketCommand, DeleteBucketPolicyCommand, PutBucketPolicyCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect, onTestFinished, test } from 'vitest'
import { openCloud } from '../cloud.ts'

const ACCOUNT = { accountId: '000000000000', region: 'eu-central-1' }
const ROOT = { accessKeyId: 'AKIAROOT', secretAccessKey: 'root' }
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const PAGE = `<!doctype html><p>${'page '.repeat(300)}`

async function bench(change: (config: DistributionConfig) => DistributionConfig = (config) => config) {
  const cloud = await openCloud({ stateFolder: ':memory:', account: ACCOUNT, rootKey: ROOT, gatewayPort: 0, mqttPort: 0, log })
  onTestFinished(() => cloud[Symbol.asyncDispose]())
  const config = { endpoint: cloud.endpoints.http, region: ACCOUNT.region, credentials: ROOT }
  const [s3, cloudfront] = [new S3Client({ ...config, forcePathStyle: true }), new CloudFrontClient(config)]
  await s3.send(new CreateBucketCommand({ Bucket: 'page', CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }))
  await s3.send(new PutObjectCommand({ Bucket: 'page', Key: 'index.html', Body: PAGE, ContentType: 'text/html', CacheControl: 'no-cache' }))
  const { OriginAccessControl } = await cloudfront.send(new CreateOriginAccessControlCommand({ OriginAccessControlConfig: { Name: 'page', OriginAccessControlOriginType: 's3', SigningBehavior: 'always', SigningProtocol: 'sigv4' } }))
  const { ResponseHeadersPolicy } = await cloudfront.send(
    new CreateResponseHeadersPolicyCommand({
      ResponseHeadersPolicyConfig: {
        Name: 'page',
        SecurityHeadersConfig: { ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'none'", Override: true }, ContentTypeOptions: { Override: true }, StrictTransportSecurity: { AccessControlMaxAgeSec: 5, IncludeSubdomains: true, Override: true }, FrameOptions: { FrameOption: 'DENY', Override: true } },
        CustomHeadersConfig: { Quantity: 2, Items: [{ Header: 'X-Own', Value: 'one', Override: false }, { Header: 'Cache-Control', Value: 'no-store', Override: false }] },
      },
    }),
  )
  const distribution: DistributionConfig = {
    CallerReference: 'one',
    Comment: '',
    Enabled: true,
    DefaultRootObject: 'index.html',
    Origins: { Quantity: 1, Items: [{ Id: 'bucket', DomainName: 'page.s3.eu-central-1.amazonaws.com', S3OriginConfig: { OriginAccessIdentity: '' }, OriginAccessControlId: OriginAccessControl?.Id }] },
    DefaultCacheBehavior: { TargetOriginId: 'bucket', ViewerProtocolPolicy: 'redirect-to-https', CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6', ResponseHeadersPolicyId: ResponseHeadersPolicy?.Id, Compress: true },
  }
  const { Distribution, ETag } = await cloudfront.send(new CreateDistributionCommand({ DistributionConfig: change(distribution) }))
  const host = Distribution?.DomainName ?? ''
  const letIn = (sourceArn = Distribution?.ARN) =>
    s3.send(new PutBucketPolicyCommand({ Bucket: 'page', Policy: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'cloudfront.amazonaws.com' }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::page/*', Condition: { StringEquals: { 'AWS:SourceArn': sourceArn } } }] }) }))
  const ask = (path: string, { tls = true, method = 'GET', headers = {}, to = host }: { tls?: boolean; method?: string; headers?: Record<string, string>; to?: string } = {}) =>
    new Promise<{ status: number | undefined; headers: IncomingMessage['headers']; body: Buffer }>((resolve, reject) => {
      const options = { host: '127.0.0.1', port: cloud.endpoints.gatewayPort, path, method, headers: { ...headers, host: to } }
      const asked = tls ? httpsRequest({ ...options, servername: 'localhost', ca: cloud.endpoints.caPem }) : httpRequest(options)
      asked.on('error', reject).on('response', (response: IncomingMessage) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }))
      })
      asked.end()
    })
  return { cloudfront, s3, config, ask, letIn, host, id: Distribution?.Id ?? '', etag: ETag ?? '', distribution: change(distribution) }
}

test('the distribution reads the bucket as long as its policy names it, and answers with the headers of its policy', async () => {
  const { ask, letIn, s3, host } = await bench()
  expect((await ask('/')).status).toBe(403)
  await letIn('arn:aws:cloudfront::000000000000:distribution/EOTHER')
  expect((await ask('/')).status).toBe(403)
  await letIn()
  const { status, headers, body } = await ask('/')
  expect([status, body.toString()]).toEqual([200, PAGE])
  expect(headers).toMatchObject({
    'content-type': 'text/html',
    'cache-control': 'no-cache', // the origin's own: the policy does not override it
    'content-security-policy': "default-src 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'strict-transport-security': 'max-age=5; includeSubDomains',
    'x-own': 'one',
    via: `1.1 ${host} (CloudFront)`,
  })
  expect((await ask('/none.js')).status).toBe(403) // it may not list, so it is not told that there is none
  expect((await ask('/none.js')).headers['content-security-policy']).toBe("default-src 'none'")
  await s3.send(new DeleteBucketPolicyCommand({ Bucket: 'page' }))
  expect((await ask('/')).status).toBe(403)
})

test('without an access control it asks as anybody, and is refused', async () => {
  const { ask, letIn } = await bench((config) => ({ ...config, Origins: { Quantity: 1, Items: (config.Origins?.Items ?? []).map((origin) => ({ ...origin, OriginAccessControlId: '' })) } }))
  await letIn()
  expect((await ask('/')).status).toBe(403)
})

test('plain HTTP is sent to HTTPS, other methods and other hosts are refused, what is known is not sent again, and text is compressed', async () => {
  const { ask, letIn, host } = await bench()
  await letIn()
  expect(await ask('/?page=fleet', { tls: false })).toMatchObject({ status: 301, headers: { location: `https://${host}/?page=fleet` } })
  expect((await ask('/', { method: 'PUT' })).status).toBe(403)
  expect((await ask('/', { to: 'dother.cloudfront.net' })).status).toBe(403)
  const { headers } = await ask('/', { headers: { 'accept-encoding': 'gzip' } })
  expect(headers['content-encoding']).toBe('gzip')
  expect(headers.etag).toMatch(/^W\/"/)
  expect(gunzipSync((await ask('/', { headers: { 'accept-encoding': 'gzip' } })).body).toString()).toBe(PAGE)
  expect(await ask('/', { headers: { 'if-none-match': headers.etag ?? '' } })).toMatchObject({ status: 304, body: Buffer.alloc(0) })
  expect(await ask('/', { method: 'HEAD' })).toMatchObject({ status: 200, body: Buffer.alloc(0), headers: { 'content-length': String(PAGE.length) } })
})

test('changes and deletion show the ETag; one that is enabled is not deleted, one that is disabled serves nothing', async () => {
  const { cloudfront, ask, letIn, id, etag, distribution } = await bench()
  await letIn()
  const update = (IfMatch: string | undefined, change: Partial<DistributionConfig>) => cloudfront.send(new UpdateDistributionCommand({ Id: id, IfMatch, DistributionConfig: { ...distribution, ...change } }))
  await expect(cloudfront.send(new CreateDistributionCommand({ DistributionConfig: distribution }))).rejects.toMatchObject({ name: 'DistributionAlreadyExists', $metadata: { httpStatusCode: 409 } })
  await expect(update(undefined, { Enabled: false })).rejects.toMatchObject({ name: 'InvalidIfMatchVersion' })
  await expect(update('EOTHER', { Enabled: false })).rejects.toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } })
  await expect(cloudfront.send(new DeleteDistributionCommand({ Id: id, IfMatch: etag }))).rejects.toMatchObject({ name: 'DistributionNotDisabled' })
  await expect(update(etag, { ConnectionMode: 'tenant-only' })).rejects.toMatchObject({ name: 'InvalidArgument' })
  await expect(update(etag, { ViewerCertificate: { ACMCertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/1' } })).rejects.toMatchObject({ name: 'InvalidArgument' })
  await expect(update(etag, { Aliases: { Quantity: 1, Items: ['a.example'] } })).rejects.toMatchObject({ name: 'InvalidArgument' })
  await expect(update(etag, { Origins: { ...distribution.Origins, Items: distribution.Origins?.Items, Quantity: 2 } })).rejects.toMatchObject({ name: 'InconsistentQuantities' })
  const { ETag } = await update(etag, { Enabled: false })
  expect((await ask('/')).status).toBe(403)
  expect((await cloudfront.send(new ListDistributionsCommand({}))).DistributionList).toMatchObject({ Quantity: 1, Items: [{ Id: id, Enabled: false }] })
  await cloudfront.send(new DeleteDistributionCommand({ Id: id, IfMatch: ETag }))
  await expect(cloudfront.send(new GetDistributionCommand({ Id: id }))).rejects.toMatchObject({ name: 'NoSuchDistribution', $metadata: { httpStatusCode: 404 } })
})
