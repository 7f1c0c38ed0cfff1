// ops/src/bootstrap/state-bucket.ts: the bucket for the state of the stack: versioned, private, by TLS only; encrypted as every bucket is.
import {
  CreateBucketCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { partition } from '@fleet/contract/arn'
import { FleetError } from '@fleet/contract/errors'
import { statusOf } from '../aws/aws-failure.ts'

/** `completed`: it was there, but not set up; a run was killed, or somebody changed it. @throws FleetError BUCKET_TAKEN */
export async function ensureStateBucket(s3: S3Client, bucket: string, region: string): Promise<'made' | 'completed' | 'kept'> {
  const isNew = !(await isThere(s3, bucket))
  if (isNew) await create(s3, bucket, region)
  const settings = settingsOf(s3, bucket, region)
  const changed: boolean[] = []
  for (const { isSet, set } of settings) {
    const isMissing = !(await isSet())
    if (isMissing) await set()
    changed.push(isMissing)
  }
  return isNew ? 'made' : changed.includes(true) ? 'completed' : 'kept'
}

async function isThere(s3: S3Client, bucket: string): Promise<boolean> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: bucket }))
    return true
  } catch (error) {
    const status = statusOf(error)
    if (status === 404) return false
    if (status === 403 || status === 301) throw taken(bucket, error)
    throw error
  }
}

async function create(s3: S3Client, bucket: string, region: string): Promise<void> {
  // us-east-1 is the one region that must not be named (S3 API, CreateBucket).
  const where = region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region as 'eu-central-1' } } // any region is allowed; the SDK lists those it knows
  await s3.send(new CreateBucketCommand({ Bucket: bucket, ...where })).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'BucketAlreadyOwnedByYou') return // another run made it at the same time
    throw error instanceof Error && error.name === 'BucketAlreadyExists' ? taken(bucket, error) : error
  })
}

interface Setting {
  readonly isSet: () => Promise<boolean>
  readonly set: () => Promise<unknown>
}

function settingsOf(s3: S3Client, Bucket: string, region: string): Setting[] {
  const policy = JSON.stringify(tlsOnly(`arn:${partition(region)}:s3:::${Bucket}`))
  return [
    {
      isSet: async () => (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status === 'Enabled',
      set: () => s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } })),
    },
    {
      isSet: async () => {
        const block = (await s3.send(new GetPublicAccessBlockCommand({ Bucket })).catch(noneIf('NoSuchPublicAccessBlockConfiguration')))?.PublicAccessBlockConfiguration
        return Object.keys(PRIVATE).every((key) => block?.[key as keyof typeof PRIVATE] === true) // its own keys
      },
      set: () => s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: PRIVATE })),
    },
    {
      isSet: async () => (await s3.send(new GetBucketPolicyCommand({ Bucket })).catch(noneIf('NoSuchBucketPolicy'))) !== undefined,
      set: () => s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policy })),
    },
  ]
}

const PRIVATE = { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true } as const

const tlsOnly = (bucketArn: string) => ({
  Version: '2012-10-17',
  Statement: [{ Sid: 'DenyPlainHttp', Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [bucketArn, `${bucketArn}/*`], Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
})

const noneIf = (name: string) => (error: unknown): undefined => {
  if (!(error instanceof Error && error.name === name)) throw error
}

const taken = (bucket: string, cause: unknown) =>
  new FleetError('BUCKET_TAKEN', `a bucket ${bucket} is there already, and not yours (or in another region)`, 'Look whose it is. Bucket names are the same for all of AWS: with another stage name, or PULUMI_BACKEND_URL naming a bucket of yours, there is no conflict.', { cause })
