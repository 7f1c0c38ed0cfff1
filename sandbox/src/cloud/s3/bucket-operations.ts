// sandbox/src/cloud/s3/bucket-operations.ts: S3's operations on whole buckets.
import { element, escapeXml, XML_DECLARATION } from '../wire/xml-text.ts'
import { pageOfList } from '../wire/paging.ts'
import { DEFAULT_ENCRYPTION, DEFAULT_PUBLIC_ACCESS_BLOCK, isBucketName } from './buckets.ts'
import { ownerOf, type S3Context, type S3Operations } from './s3-context.ts'
import { s3Error } from './s3-error.ts'

export function bucketOperations({ account, clock, buckets, objects }: S3Context) {
  return {
    CreateBucket({ Bucket: name = '', ACL, CreateBucketConfiguration, ObjectLockEnabledForBucket, ObjectOwnership = 'BucketOwnerEnforced' }) {
      if (!isBucketName(name)) throw s3Error('InvalidBucketName', 'The specified bucket is not valid.', { BucketName: name })
      refuseLocation(CreateBucketConfiguration?.LocationConstraint, account.region)
      if (ObjectLockEnabledForBucket) throw s3Error('NotImplemented', 'The sandbox does not offer object lock.')
      if (isForOthers(ACL)) throw s3Error('InvalidBucketAclWithObjectOwnership', "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting", { BucketName: name })
      if (buckets.find(name)) throw s3Error('BucketAlreadyOwnedByYou', 'Your previous request to create the named bucket succeeded and you already own it.', { BucketName: name })
      buckets.put({
        name,
        createdAt: clock.now(),
        versioning: undefined,
        encryption: DEFAULT_ENCRYPTION,
        publicAccessBlock: DEFAULT_PUBLIC_ACCESS_BLOCK,
        ownership: { Rules: [{ ObjectOwnership }] },
        lifecycle: undefined,
        policy: undefined,
        tags: CreateBucketConfiguration?.Tags,
      })
      return { Location: `/${name}`, BucketArn: `arn:aws:s3:::${name}` }
    },
    DeleteBucket({ Bucket }) {
      const { name } = buckets.named(Bucket)
      if (!objects.isEmpty(name)) throw s3Error('BucketNotEmpty', 'The bucket you tried to delete is not empty', { BucketName: name })
      buckets.delete(name)
      return {}
    },
    HeadBucket({ Bucket = '' }) {
      if (!buckets.find(Bucket)) throw s3Error('NotFound', 'Not Found')
      return { BucketRegion: account.region, BucketArn: `arn:aws:s3:::${Bucket}`, AccessPointAlias: false }
    },
    ListBuckets({ Prefix, MaxBuckets, ContinuationToken, BucketRegion }) {
      const invalid = () => s3Error('InvalidArgument', 'The continuation token provided is incorrect', { ArgumentName: 'continuation-token' })
      const matching = buckets.all().filter(({ name }) => name.startsWith(Prefix ?? '') && (BucketRegion ?? account.region) === account.region)
      const { items, nextToken } = pageOfList(matching, { keyOf: ({ name }) => name, token: ContinuationToken, size: { asked: MaxBuckets, usual: 10_000, most: 10_000 }, invalid })
      return { Buckets: items.map(({ name, createdAt }) => ({ Name: name, CreationDate: createdAt, BucketRegion: account.region })), Owner: ownerOf(account), Prefix, ContinuationToken: nextToken }
    },
    /** The model would nest the element; AWS does not. us-east-1 is spelled as nothing. */
    GetBucketLocation({ Bucket }) {
      buckets.named(Bucket)
      const location = account.region === 'us-east-1' ? '' : escapeXml(account.region)
      return { $headers: { 'content-type': 'application/xml' }, $body: XML_DECLARATION + element('LocationConstraint', location, ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"') }
    },
    GetBucketAcl({ Bucket }) {
      buckets.named(Bucket)
      return { Owner: ownerOf(account), Grants: [{ Grantee: { Type: 'CanonicalUser', ...ownerOf(account) }, Permission: 'FULL_CONTROL' }] }
    },
    PutBucketAcl({ Bucket, ACL, AccessControlPolicy }) {
      buckets.named(Bucket)
      if (ACL === undefined && !AccessControlPolicy) throw s3Error('MissingSecurityHeader', 'Your request was missing a required header', { MissingHeaderName: 'x-amz-acl' })
      refuseAcl(AccessControlPolicy ? 'other' : ACL)
      return {}
    },
  } satisfies S3Operations
}

function refuseLocation(constraint: string | undefined, region: string): void {
  const wanted = constraint ?? 'us-east-1'
  if (wanted === region) return
  const message = constraint === undefined ? 'The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.' : `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`
  throw s3Error('IllegalLocationConstraintException', message)
}

/** Buckets are «bucket owner enforced»: nothing but the owner's own access can be said by an ACL. */
const isForOthers = (acl: string | undefined) => acl !== undefined && acl !== 'private' && acl !== 'bucket-owner-full-control'

function refuseAcl(acl: string | undefined): void {
  if (isForOthers(acl)) throw s3Error('AccessControlListNotSupported', 'The bucket does not allow ACLs')
}
