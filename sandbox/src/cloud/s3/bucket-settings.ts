// sandbox/src/cloud/s3/bucket-settings.ts: S3's operations on the settings of a bucket: versioning, encryption, public access, ownership, lifecycle, policy, tags.
import { compile, PolicyMalformed } from '../iam/policy-evaluation.ts'
import { type BucketRecord, bucketArn, DEFAULT_ENCRYPTION } from './buckets.ts'
import { isPublicPolicy } from './public-policy.ts'
import type { S3Context, S3Operations } from './s3-context.ts'
import { s3Error } from './s3-error.ts'

export function bucketSettings({ buckets }: S3Context) {
  const set = (bucket: string | undefined, changes: Partial<BucketRecord>) => {
    buckets.change(bucket, changes)
    return {}
  }
  return {
    GetBucketVersioning: ({ Bucket }) => ({ Status: buckets.named(Bucket).versioning }),
    PutBucketVersioning({ Bucket, VersioningConfiguration }) {
      const { Status, MFADelete } = VersioningConfiguration ?? {}
      if (MFADelete === 'Enabled') throw s3Error('NotImplemented', 'The sandbox does not offer MFA delete.')
      if (Status !== 'Enabled' && Status !== 'Suspended') throw s3Error('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema')
      return set(Bucket, { versioning: Status })
    },
    GetBucketEncryption: ({ Bucket }) => ({ ServerSideEncryptionConfiguration: buckets.named(Bucket).encryption }),
    PutBucketEncryption: ({ Bucket, ServerSideEncryptionConfiguration }) => set(Bucket, { encryption: ServerSideEncryptionConfiguration ?? DEFAULT_ENCRYPTION }),
    DeleteBucketEncryption: ({ Bucket }) => set(Bucket, { encryption: DEFAULT_ENCRYPTION }),
    GetPublicAccessBlock({ Bucket }) {
      const { publicAccessBlock } = buckets.named(Bucket)
      if (!publicAccessBlock) throw s3Error('NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found', { BucketName: Bucket })
      return { PublicAccessBlockConfiguration: publicAccessBlock }
    },
    PutPublicAccessBlock({ Bucket, PublicAccessBlockConfiguration: { BlockPublicAcls = false, IgnorePublicAcls = false, BlockPublicPolicy = false, RestrictPublicBuckets = false } = {} }) {
      return set(Bucket, { publicAccessBlock: { BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets } })
    },
    DeletePublicAccessBlock: ({ Bucket }) => set(Bucket, { publicAccessBlock: undefined }),
    GetBucketOwnershipControls({ Bucket }) {
      const { ownership } = buckets.named(Bucket)
      if (!ownership) throw s3Error('OwnershipControlsNotFoundError', 'The bucket ownership controls were not found', { BucketName: Bucket })
      return { OwnershipControls: ownership }
    },
    PutBucketOwnershipControls: ({ Bucket, OwnershipControls }) => set(Bucket, { ownership: OwnershipControls }),
    DeleteBucketOwnershipControls: ({ Bucket }) => set(Bucket, { ownership: undefined }),
    GetBucketLifecycleConfiguration({ Bucket }) {
      const { lifecycle } = buckets.named(Bucket)
      if (!lifecycle) throw s3Error('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', { BucketName: Bucket })
      return { Rules: [...lifecycle], TransitionDefaultMinimumObjectSize: 'all_storage_classes_128K' }
    },
    PutBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration }) {
      const rules = LifecycleConfiguration?.Rules ?? []
      if (rules.length === 0) throw s3Error('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema')
      return set(Bucket, { lifecycle: rules.map((rule, index) => ({ ...rule, ID: rule.ID ?? `rule-${index + 1}` })) })
    },
    DeleteBucketLifecycle: ({ Bucket }) => set(Bucket, { lifecycle: undefined }),
    GetBucketPolicy({ Bucket }) {
      const { policy } = buckets.named(Bucket)
      if (policy === undefined) throw s3Error('NoSuchBucketPolicy', 'The bucket policy does not exist', { BucketName: Bucket })
      return { Policy: policy, $headers: { 'content-type': 'application/json' } }
    },
    GetBucketPolicyStatus({ Bucket }) {
      const { policy } = buckets.named(Bucket)
      if (policy === undefined) throw s3Error('NoSuchBucketPolicy', 'The bucket policy does not exist', { BucketName: Bucket })
      return { PolicyStatus: { IsPublic: isPublicPolicy(policy) } }
    },
    PutBucketPolicy({ Bucket, Policy = '' }) {
      const bucket = buckets.named(Bucket)
      refusePolicy(bucket, Policy)
      return set(Bucket, { policy: Policy })
    },
    DeleteBucketPolicy: ({ Bucket }) => set(Bucket, { policy: undefined }),
    GetBucketCors({ Bucket }) {
      const { cors } = buckets.named(Bucket)
      if (!cors) throw s3Error('NoSuchCORSConfiguration', 'The CORS configuration does not exist', { BucketName: Bucket })
      return { CORSRules: [...cors] }
    },
    /** Kept; which pages may call is one rule for all services (wire/browser-origin.ts). */
    PutBucketCors({ Bucket, CORSConfiguration }) {
      const rules = CORSConfiguration?.CORSRules ?? []
      const method = rules.flatMap(({ AllowedMethods = [] }) => AllowedMethods).find((each) => !CORS_METHODS.includes(each))
      if (rules.length === 0 || rules.length > 100) throw s3Error('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema')
      if (method !== undefined) throw s3Error('InvalidRequest', `Found unsupported HTTP method in CORS config. Unsupported method is ${method}`)
      return set(Bucket, { cors: rules })
    },
    DeleteBucketCors: ({ Bucket }) => set(Bucket, { cors: undefined }),
    GetBucketTagging({ Bucket }) {
      const { tags } = buckets.named(Bucket)
      if (!tags || tags.length === 0) throw s3Error('NoSuchTagSet', 'The TagSet does not exist', { BucketName: Bucket })
      return { TagSet: [...tags] }
    },
    PutBucketTagging({ Bucket, Tagging }) {
      const tags = Tagging?.TagSet ?? []
      if (new Set(tags.map(({ Key }) => Key)).size < tags.length) throw s3Error('InvalidTag', 'Cannot provide multiple Tags with the same key')
      return set(Bucket, { tags })
    },
    DeleteBucketTagging: ({ Bucket }) => set(Bucket, { tags: undefined }),
  } satisfies S3Operations
}

const CORS_METHODS = ['GET', 'PUT', 'HEAD', 'POST', 'DELETE']

/** @throws AwsError MalformedPolicy, AccessDenied */
function refusePolicy({ name, publicAccessBlock }: BucketRecord, policy: string): void {
  try {
    compile(policy, { kind: 'resource' })
  } catch (error) {
    if (error instanceof PolicyMalformed) throw s3Error('MalformedPolicy', error.message)
    throw error
  }
  const { Statement } = JSON.parse(policy) as { Statement: object | object[] } // it has just been read as a policy
  for (const statement of [Statement].flat()) {
    const resources = [('Resource' in statement ? statement.Resource : []) as string | string[]].flat()
    const isForeign = resources.some((resource) => resource !== bucketArn(name) && !resource.startsWith(`${bucketArn(name)}/`))
    if (isForeign) throw s3Error('MalformedPolicy', 'Policy has invalid resource')
  }
  if (publicAccessBlock?.BlockPublicPolicy && isPublicPolicy(policy)) {
    throw s3Error('AccessDenied', `User is not authorized to perform: s3:PutBucketPolicy on resource: "${bucketArn(name)}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`)
  }
}
