// sandbox/src/cloud/cloud-control/types/s3-bucket.ts: AWS::S3::Bucket, with those settings that the sandbox's buckets have.
import { z } from 'zod'
import { AwsError } from '../../aws-error.ts'
import { type Handling, resourceType } from '../resource-type.ts'
import { apiRules, LifecycleConfiguration, shownRules } from './s3-lifecycle.ts'
import { apiCors, CorsConfiguration, shownCors } from './s3-cors.ts'
import { fromTags, TagList } from './tags.ts'

const Bucket = z.strictObject({
  BucketName: z
    .string()
    .min(3)
    .max(63)
    .regex(/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/)
    .optional(),
  AccessControl: z.literal('Private', 'buckets of the sandbox are private: AccessControl is not offered').optional(),
  VersioningConfiguration: z.strictObject({ Status: z.enum(['Enabled', 'Suspended']) }).optional(),
  BucketEncryption: z
    .strictObject({
      ServerSideEncryptionConfiguration: z.array(
        z.strictObject({
          ServerSideEncryptionByDefault: z.strictObject({ SSEAlgorithm: z.enum(['aws:kms', 'AES256', 'aws:kms:dsse']), KMSMasterKeyID: z.string().optional() }).optional(),
          BucketKeyEnabled: z.boolean().optional(),
        }),
      ),
    })
    .optional(),
  PublicAccessBlockConfiguration: z
    .strictObject({
      BlockPublicAcls: z.boolean().optional(),
      BlockPublicPolicy: z.boolean().optional(),
      IgnorePublicAcls: z.boolean().optional(),
      RestrictPublicBuckets: z.boolean().optional(),
    })
    .optional(),
  OwnershipControls: z
    .strictObject({ Rules: z.array(z.strictObject({ ObjectOwnership: z.enum(['ObjectWriter', 'BucketOwnerPreferred', 'BucketOwnerEnforced']).optional() })) })
    .optional(),
  LifecycleConfiguration: LifecycleConfiguration.optional(),
  CorsConfiguration: CorsConfiguration.optional(),
  Tags: TagList.optional(),
  Arn: z.string().optional(),
  DomainName: z.string().optional(),
  DualStackDomainName: z.string().optional(),
  RegionalDomainName: z.string().optional(),
  WebsiteURL: z.string().optional(),
})
type Bucket = z.infer<typeof Bucket>

export const bucket = resourceType<Bucket>({
  typeName: 'AWS::S3::Bucket',
  schema: Bucket,
  identifier: ['BucketName'],
  createOnly: ['BucketName'],
  readOnly: ['Arn', 'DomainName', 'DualStackDomainName', 'RegionalDomainName', 'WebsiteURL'],
  writeOnly: ['AccessControl'],
  async create(model, handling) {
    const { s3, account, generatedName } = handling
    const name = model.BucketName ?? generatedName().toLowerCase()
    const { Buckets = [] } = await s3.ListBuckets({})
    if (Buckets.some(({ Name }) => Name === name)) throw new AwsError('BucketAlreadyOwnedByYou', `${name} already exists`)
    await s3.CreateBucket({ Bucket: name, ...(account.region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: account.region as never } }) }) // the SDK lists the regions of its day
    try {
      await set(name, {}, model, handling)
    } catch (error) {
      await s3.DeleteBucket({ Bucket: name }) // no half of a bucket is left: the next try would find its name taken
      throw error
    }
    return [name]
  },
  read: async ([name = ''], handling) => describe(name, handling),
  async update([name = ''], { before, after }, handling) {
    await set(name, before, after, handling)
  },
  async delete([name], { s3 }) {
    await s3.DeleteBucket({ Bucket: name })
  },
  async list({ s3 }) {
    const { Buckets = [] } = await s3.ListBuckets({})
    return Buckets.map(({ Name = '' }) => [Name])
  },
})

/** Each setting is an operation of its own; what the template no longer has goes back to what a new bucket has. */
async function set(Bucket: string, before: Partial<Bucket>, after: Bucket, { s3 }: Handling): Promise<void> {
  const gone = (name: keyof Bucket) => before[name] !== undefined && after[name] === undefined
  if (after.VersioningConfiguration) await s3.PutBucketVersioning({ Bucket, VersioningConfiguration: after.VersioningConfiguration })
  else if (gone('VersioningConfiguration')) await s3.PutBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Suspended' } })
  if (after.BucketEncryption) await s3.PutBucketEncryption({ Bucket, ServerSideEncryptionConfiguration: encryptionOf(after.BucketEncryption) })
  else if (gone('BucketEncryption')) await s3.DeleteBucketEncryption({ Bucket })
  if (after.PublicAccessBlockConfiguration) await s3.PutPublicAccessBlock({ Bucket, PublicAccessBlockConfiguration: after.PublicAccessBlockConfiguration })
  else if (gone('PublicAccessBlockConfiguration')) await s3.DeletePublicAccessBlock({ Bucket })
  if (after.OwnershipControls)
    await s3.PutBucketOwnershipControls({ Bucket, OwnershipControls: { Rules: after.OwnershipControls.Rules.map(({ ObjectOwnership }) => ({ ObjectOwnership })) } })
  else if (gone('OwnershipControls')) await s3.DeleteBucketOwnershipControls({ Bucket })
  if (after.LifecycleConfiguration) await s3.PutBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration: { Rules: apiRules(after.LifecycleConfiguration) } })
  else if (gone('LifecycleConfiguration')) await s3.DeleteBucketLifecycle({ Bucket })
  if (after.CorsConfiguration) await s3.PutBucketCors({ Bucket, CORSConfiguration: apiCors(after.CorsConfiguration) })
  else if (gone('CorsConfiguration')) await s3.DeleteBucketCors({ Bucket })
  if (after.Tags && after.Tags.length > 0) await s3.PutBucketTagging({ Bucket, Tagging: { TagSet: after.Tags } })
  else if (gone('Tags')) await s3.DeleteBucketTagging({ Bucket })
}

const encryptionOf = ({ ServerSideEncryptionConfiguration: rules }: NonNullable<Bucket['BucketEncryption']>) => ({
  Rules: rules.map(({ ServerSideEncryptionByDefault: byDefault, BucketKeyEnabled }) => ({
    BucketKeyEnabled,
    ...(byDefault ? { ApplyServerSideEncryptionByDefault: byDefault } : {}),
  })),
})

async function describe(name: string, { s3, account }: Handling): Promise<Bucket> {
  const Bucket = name
  await s3.HeadBucket({ Bucket })
  const [versioning, encryption, access, ownership, lifecycle, cors, tagging] = await Promise.all([
    s3.GetBucketVersioning({ Bucket }),
    s3.GetBucketEncryption({ Bucket }),
    ifSet(s3.GetPublicAccessBlock({ Bucket })),
    ifSet(s3.GetBucketOwnershipControls({ Bucket })),
    ifSet(s3.GetBucketLifecycleConfiguration({ Bucket })),
    ifSet(s3.GetBucketCors({ Bucket })),
    ifSet(s3.GetBucketTagging({ Bucket })),
  ])
  const rules = encryption.ServerSideEncryptionConfiguration?.Rules ?? []
  return {
    BucketName: name,
    Arn: `arn:aws:s3:::${name}`,
    DomainName: `${name}.s3.amazonaws.com`,
    DualStackDomainName: `${name}.s3.dualstack.${account.region}.amazonaws.com`,
    RegionalDomainName: `${name}.s3.${account.region}.amazonaws.com`,
    WebsiteURL: `http://${name}.s3-website-${account.region}.amazonaws.com`,
    ...(versioning.Status ? { VersioningConfiguration: { Status: versioning.Status } } : {}),
    ...(rules.length > 0
      ? {
          BucketEncryption: {
            ServerSideEncryptionConfiguration: rules.map(({ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled }) => ({
              BucketKeyEnabled,
              ServerSideEncryptionByDefault: byDefault as { SSEAlgorithm: 'AES256' },
            })),
          },
        }
      : {}), // the same names
    PublicAccessBlockConfiguration: access?.PublicAccessBlockConfiguration,
    ...(ownership?.OwnershipControls ? { OwnershipControls: { Rules: (ownership.OwnershipControls.Rules ?? []).map(({ ObjectOwnership }) => ({ ObjectOwnership })) } } : {}),
    ...(lifecycle?.Rules ? { LifecycleConfiguration: shownRules(lifecycle.Rules) } : {}),
    ...(cors?.CORSRules ? { CorsConfiguration: shownCors(cors.CORSRules) } : {}),
    Tags: fromTags(tagging?.TagSet),
  }
}

/** S3 answers «NoSuch…» or «…NotFound…» for a setting that was never made. */
async function ifSet<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (error instanceof AwsError && error.code !== 'NoSuchBucket' && /^NoSuch|NotFound/.test(error.code)) return undefined
    throw error
  })
}
