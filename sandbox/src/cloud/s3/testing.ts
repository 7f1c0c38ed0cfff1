// sandbox/src/cloud/s3/testing.ts: an S3 on a real port for tests, with the SDK's client.
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { onTestFinished } from 'vitest'
import { cloudClock } from '../clock.ts'
import { openStore, type Store } from '../store/store.ts'
import { ACCOUNT, knownIdentities, openTestGateway, SESSION_KEY, type TestGateway } from '../wire/testing.ts'
import { openS3, type S3 } from './s3.ts'

export interface TestS3 extends TestGateway {
  readonly s3: S3
  readonly store: Store
  /** As the account. */
  readonly sdk: S3Client
  /** As a session of the role `tester`. */
  readonly asRole: S3Client
}

/** With the bucket `b-1`. */
export async function openTestS3({ rolePolicies = [], store = openStore(':memory:') }: { readonly rolePolicies?: readonly string[]; readonly store?: Store } = {}): Promise<TestS3> {
  onTestFinished(() => store[Symbol.dispose]())
  const clock = cloudClock(store)
  const identities = knownIdentities({ expiration: new Date(Date.now() + 3_600_000), rolePolicies })
  const s3 = openS3({ store, clock, account: ACCOUNT, identities })
  const gateway = await openTestGateway({ services: [s3.service], identities, clock })
  const sdk = new S3Client(gateway.client())
  await sdk.send(new CreateBucketCommand({ Bucket: 'b-1', CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }))
  return { ...gateway, s3, store, sdk, asRole: new S3Client(gateway.client(SESSION_KEY)) }
}
