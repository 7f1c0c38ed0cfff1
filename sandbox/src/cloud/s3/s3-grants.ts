// sandbox/src/cloud/s3/s3-grants.ts: the IAM action and resource of each S3 operation («Required permissions for Amazon S3 API operations»).
import type { Grant, Service } from '../service.ts'
import { bucketArn, objectArn } from './buckets.ts'
import { sourceAddress } from './copy-source.ts'

interface Input {
  readonly Bucket?: string
  readonly Key?: string
  readonly VersionId?: string
  readonly Prefix?: string
  readonly Delimiter?: string
  readonly MaxKeys?: number
  readonly CopySource?: string
  readonly Delete?: { readonly Objects?: readonly { readonly Key?: string; readonly VersionId?: string }[] }
}

/** Operations on a bucket whose action has another name. */
const BUCKET_ACTIONS: Readonly<Record<string, string>> = {
  CreateBucket: 'CreateBucket',
  DeleteBucket: 'DeleteBucket',
  HeadBucket: 'ListBucket',
  GetBucketLocation: 'GetBucketLocation',
  GetBucketAcl: 'GetBucketAcl',
  PutBucketAcl: 'PutBucketAcl',
  GetBucketVersioning: 'GetBucketVersioning',
  PutBucketVersioning: 'PutBucketVersioning',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  PutBucketEncryption: 'PutEncryptionConfiguration',
  DeleteBucketEncryption: 'PutEncryptionConfiguration',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
  DeletePublicAccessBlock: 'PutBucketPublicAccessBlock',
  GetBucketOwnershipControls: 'GetBucketOwnershipControls',
  PutBucketOwnershipControls: 'PutBucketOwnershipControls',
  DeleteBucketOwnershipControls: 'PutBucketOwnershipControls',
  GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
  PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
  DeleteBucketLifecycle: 'PutLifecycleConfiguration',
  GetBucketPolicy: 'GetBucketPolicy',
  GetBucketPolicyStatus: 'GetBucketPolicyStatus',
  PutBucketPolicy: 'PutBucketPolicy',
  DeleteBucketPolicy: 'DeleteBucketPolicy',
  GetBucketTagging: 'GetBucketTagging',
  PutBucketTagging: 'PutBucketTagging',
  DeleteBucketTagging: 'PutBucketTagging',
  GetBucketCors: 'GetBucketCORS',
  PutBucketCors: 'PutBucketCORS',
  DeleteBucketCors: 'PutBucketCORS',
  GetBucketWebsite: 'GetBucketWebsite',
  GetBucketReplication: 'GetReplicationConfiguration',
  GetObjectLockConfiguration: 'GetBucketObjectLockConfiguration',
  GetBucketLogging: 'GetBucketLogging',
  GetBucketAccelerateConfiguration: 'GetAccelerateConfiguration',
  GetBucketNotificationConfiguration: 'GetBucketNotification',
  GetBucketRequestPayment: 'GetBucketRequestPayment',
  ListMultipartUploads: 'ListBucketMultipartUploads',
}

const OBJECT_ACTIONS: Readonly<Record<string, string>> = {
  PutObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  AbortMultipartUpload: 'AbortMultipartUpload',
  ListParts: 'ListMultipartUploadParts',
}

/** These name the version's action when a version is asked for. */
const VERSIONED_ACTIONS: Readonly<Record<string, string>> = {
  GetObject: 'GetObject',
  HeadObject: 'GetObject',
  DeleteObject: 'DeleteObject',
  GetObjectTagging: 'GetObject#Tagging',
  PutObjectTagging: 'PutObject#Tagging',
  DeleteObjectTagging: 'DeleteObject#Tagging',
}

type GrantOf = (input: Input) => Grant | readonly Grant[]

const onBucket = (action: string): GrantOf => ({ Bucket = '' }) => ({ action: `s3:${action}`, resources: [bucketArn(Bucket)] })
const onObject = (action: string): GrantOf => ({ Bucket = '', Key = '' }) => ({ action: `s3:${action}`, resources: [objectArn(Bucket, Key)] })
const onVersion = (action: string): GrantOf => ({ Bucket = '', Key = '', VersionId }) => ({ action: `s3:${versioned(action, VersionId)}`, resources: [objectArn(Bucket, Key)] })
/** `GetObject#Tagging` → `GetObjectTagging` or `GetObjectVersionTagging` */
const versioned = (action: string, versionId: string | undefined) => (action.includes('#') ? action.replace('#', versionId === undefined ? '' : 'Version') : versionId === undefined ? action : `${action}Version`)

const onListing = (action: string): GrantOf => ({ Bucket = '', Prefix = '', Delimiter, MaxKeys }) => ({
  action: `s3:${action}`,
  resources: [bucketArn(Bucket)],
  context: { 's3:prefix': Prefix, 's3:delimiter': Delimiter, 's3:max-keys': MaxKeys === undefined ? undefined : String(MaxKeys) },
})

const onCopy: GrantOf = (input) => {
  const { Bucket, Key, VersionId } = sourceAddress(input.CopySource)
  return [{ action: `s3:${versioned('GetObject', VersionId)}`, resources: [objectArn(Bucket, Key)] }, { action: 's3:PutObject', resources: [objectArn(input.Bucket ?? '', input.Key ?? '')] }]
}

const each = (actions: Readonly<Record<string, string>>, grant: (action: string) => GrantOf) => Object.fromEntries(Object.entries(actions).map(([operation, action]) => [operation, grant(action)]))

export const s3Grants: NonNullable<Service['grants']> = {
  ...each(BUCKET_ACTIONS, onBucket),
  ...each(OBJECT_ACTIONS, onObject),
  ...each(VERSIONED_ACTIONS, onVersion),
  ListBuckets: (): Grant => ({ action: 's3:ListAllMyBuckets', resources: ['*'] }),
  ListObjects: onListing('ListBucket'),
  ListObjectsV2: onListing('ListBucket'),
  ListObjectVersions: onListing('ListBucketVersions'),
  CopyObject: onCopy,
  UploadPartCopy: onCopy,
  DeleteObjects: ({ Bucket = '', Delete }: Input) => (Delete?.Objects ?? []).map(({ Key = '', VersionId }) => ({ action: `s3:${versioned('DeleteObject', VersionId)}`, resources: [objectArn(Bucket, Key)] })),
}
