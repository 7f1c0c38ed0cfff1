// sandbox/src/cloud/cloud-control/types/s3-bucket-policy.ts: AWS::S3::BucketPolicy.
import { z } from 'zod'
import { AwsError } from '../../aws-error.ts'
import { type Handling, resourceType } from '../resource-type.ts'
import { policyOf, PolicyText, textOf } from './policy-text.ts'

const BucketPolicy = z.strictObject({ Bucket: z.string(), PolicyDocument: PolicyText })

export const bucketPolicy = resourceType<z.infer<typeof BucketPolicy>>({
  typeName: 'AWS::S3::BucketPolicy',
  schema: BucketPolicy,
  identifier: ['Bucket'],
  createOnly: ['Bucket'],
  readOnly: [],
  writeOnly: [],
  async create({ Bucket, PolicyDocument }, handling) {
    if (await hasPolicy(Bucket, handling)) throw new AwsError('ResourceAlreadyExistsException', `The bucket ${Bucket} has a policy already.`)
    await handling.s3.PutBucketPolicy({ Bucket, Policy: textOf(PolicyDocument) })
    return [Bucket]
  },
  async read([Bucket = ''], { s3 }) {
    const { Policy } = await s3.GetBucketPolicy({ Bucket })
    return { Bucket, PolicyDocument: policyOf(Policy) }
  },
  async update([Bucket], { after }, { s3 }) {
    await s3.PutBucketPolicy({ Bucket, Policy: textOf(after.PolicyDocument) })
  },
  async delete([Bucket], { s3 }) {
    await s3.DeleteBucketPolicy({ Bucket })
  },
  async list(handling) {
    const { Buckets = [] } = await handling.s3.ListBuckets({})
    const names = Buckets.map(({ Name = '' }) => Name)
    const found = await Promise.all(names.map(async (name) => ((await hasPolicy(name, handling)) ? [name] : [])))
    return found.flat().map((name) => [name])
  },
})

const hasPolicy = async (Bucket: string, { s3 }: Handling): Promise<boolean> =>
  s3.GetBucketPolicy({ Bucket }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof AwsError && error.code === 'NoSuchBucketPolicy') return false
      throw error
    },
  )
