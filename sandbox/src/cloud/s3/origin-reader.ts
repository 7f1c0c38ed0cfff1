// sandbox/src/cloud/s3/origin-reader.ts: S3 as the origin of a distribution: GET of an object by a service that signs, or by anybody, as the bucket's policy allows.
import { contextOf, type Decision, type PolicyRequest } from '../iam/policy-evaluation.ts'
import type { OriginObject, OriginReader } from '../ports.ts'
import { bucketArn, objectArn, type Buckets } from './buckets.ts'
import type { ContentHeaders, Objects } from './objects.ts'

export interface OriginOptions {
  readonly buckets: Buckets
  readonly objects: Objects
  readonly resourcePolicy: (request: PolicyRequest) => Decision | undefined
}

type Asked = Parameters<OriginReader['read']>[0]

export const originReader = ({ buckets, objects, resourcePolicy }: OriginOptions): OriginReader => {
  const may = (action: string, resource: string, caller: Asked['caller']): boolean => {
    const context = contextOf({ 'aws:SecureTransport': 'true', ...(caller && { 'aws:SourceArn': caller.sourceArn, 'aws:SourceAccount': caller.sourceArn.split(':')[4] }) })
    return resourcePolicy({ action, resource, context, principal: caller ? { type: 'Service', names: [caller.service] } : { type: 'AWS', names: [] } })?.allowed === true
  }
  return {
    read({ bucket, key, caller }) {
      if (!buckets.find(bucket)) return refused(404, 'NoSuchBucket', 'The specified bucket does not exist')
      if (!may('s3:GetObject', objectArn(bucket, key), caller)) return refused(403, 'AccessDenied', 'Access Denied')
      const version = objects.current(bucket, key)
      if (version?.content) {
        const { chunks, size, etag, headers } = version.content
        return { kind: 'found', body: Buffer.concat([...objects.bodies.read(chunks, 0, size)]), headers: headersOf(headers), etag, lastModified: version.lastModified }
      }
      // Whoever may not list is not told that there is none (API GetObject, «Permissions»).
      return may('s3:ListBucket', bucketArn(bucket), caller) ? refused(404, 'NoSuchKey', 'The specified key does not exist.') : refused(403, 'AccessDenied', 'Access Denied')
    },
  }
}

const refused = (status: 403 | 404, code: string, message: string): OriginObject => ({ kind: 'refused', status, code, message })

function headersOf({ ContentType = 'binary/octet-stream', CacheControl, ContentEncoding, ContentDisposition, ContentLanguage }: ContentHeaders): Record<string, string> {
  const headers = { 'content-type': ContentType, 'cache-control': CacheControl, 'content-encoding': ContentEncoding, 'content-disposition': ContentDisposition, 'content-language': ContentLanguage, server: 'AmazonS3' }
  return Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
