// console/src/aws/client-s3.ts: nothing: src/cloud/s3.ts speaks to S3. What is shared with `fleet` names these, and the page does not use it.
import { clientOf, commandOf, errorNamed, rest } from './client.ts'

const none = commandOf(rest('none', 'GET /'))

export const S3Client = clientOf({ prefix: 's3', signedAs: 's3' })
export const NoSuchKey = errorNamed('NoSuchKey')
export { none as GetObjectCommand, none as PutObjectCommand }
