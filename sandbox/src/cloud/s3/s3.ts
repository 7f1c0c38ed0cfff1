// sandbox/src/cloud/s3/s3.ts: S3 of this cloud: buckets with their settings, objects with their versions.
import type { Account } from '../account.ts'
import { createHash } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { contextOf } from '../iam/policy-evaluation.ts'
import type { ObjectStore, OriginReader } from '../ports.ts'
import type { Call, Service } from '../service.ts'
import type { Store } from '../store/store.ts'
import { namesOf, permitsByItself } from '../wire/authorisation.ts'
import type { Identities } from '../wire/identities.ts'
import { bucketArn, keptBuckets } from './buckets.ts'
import { bucketOperations } from './bucket-operations.ts'
import { bucketPolicies } from './bucket-policies.ts'
import { bucketSettings } from './bucket-settings.ts'
import { listOperations } from './list-operations.ts'
import { multipartOperations } from './multipart-operations.ts'
import { objectOperations } from './object-operations.ts'
import { refusing } from './input-refusals.ts'
import { keptObjects } from './objects.ts'
import { originReader } from './origin-reader.ts'
import type { S3Context } from './s3-context.ts'
import { s3Grants } from './s3-grants.ts'
import { unsetSettings } from './unset-settings.ts'

export interface S3Options {
  readonly store: Store
  readonly clock: Clock
  readonly account: Account
  readonly identities: Identities
}

export interface S3 {
  readonly service: Service
  readonly operations: AllOperations
  readonly objectStore: ObjectStore
  readonly origin: OriginReader
}

/** With the SDK's types, for Cloud Control. */
export type AllOperations = ReturnType<typeof allOperations>

export function openS3({ store, clock, account, identities }: S3Options): S3 {
  const buckets = keptBuckets(store)
  const objects = keptObjects(store, clock)
  const resourcePolicy = bucketPolicies(buckets)
  const mayList = ({ principal }: Call, bucket: string): boolean => {
    const request = { action: 's3:ListBucket', resource: bucketArn(bucket) }
    const byBucket = resourcePolicy({ ...request, context: contextOf({ 'aws:SecureTransport': 'true' }), principal: { type: 'AWS', names: namesOf(principal, account) } })
    return byBucket?.allowed === true || permitsByItself(identities, principal, request)
  }
  const operations = allOperations({ account, clock, store, buckets, objects, mayList })
  return {
    operations,
    service: { model: 's3', operations, grants: s3Grants, resourcePolicy },
    origin: originReader({ buckets, objects, resourcePolicy }),
    objectStore: {
      get(bucket, key) {
        const content = objects.current(bucket, key)?.content
        return content && Buffer.concat([...objects.bodies.read(content.chunks, 0, content.size)])
      },
      put(bucket, key, body) {
        const record = buckets.named(bucket)
        store.transaction(() => objects.put(record, key, { chunks: objects.bodies.write(body), size: body.length, etag: `"${createHash('md5').update(body).digest('hex')}"`, headers: {}, metadata: {}, checksums: {}, tags: [], partSizes: undefined, sse: 'AES256' }))
      },
    },
  }
}

const allOperations = (context: S3Context) =>
  refusing({
    ...bucketOperations(context),
    ...bucketSettings(context),
    ...unsetSettings(context),
    ...objectOperations(context),
    ...listOperations(context),
    ...multipartOperations(context),
  }, context.account)
