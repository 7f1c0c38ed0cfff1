// sandbox/src/site/nucleus/components/artifacts/s3-source.ts: an artifact in a bucket: `s3://bucket/key`.
import { S3Error } from '../../cloud/s3.ts'
import { DeploymentError } from '../../deployments/deployment-error.ts'
import type { ErrorCode } from '../../deployments/error-code.ts'
import { patiently, type ArtifactSource, type SourceOptions } from './artifact-source.ts'

type Operation = 'GetBucketLocation' | 'HeadObject' | 'GetObject'

const MEANING: Readonly<Record<Operation, { readonly denied: ErrorCode; readonly absent: ErrorCode; readonly otherwise: string }>> = {
  GetBucketLocation: { denied: 'S3_GET_BUCKET_LOCATION_ACCESS_DENIED', absent: 'S3_GET_BUCKET_LOCATION_RESOURCE_NOT_FOUND', otherwise: 'Failed to determine S3 bucket location' },
  HeadObject: { denied: 'S3_HEAD_OBJECT_ACCESS_DENIED', absent: 'S3_HEAD_OBJECT_RESOURCE_NOT_FOUND', otherwise: 'Failed to head artifact object from S3' },
  GetObject: { denied: 'S3_GET_OBJECT_ACCESS_DENIED', absent: 'S3_GET_OBJECT_RESOURCE_NOT_FOUND', otherwise: 'Failed to download object from S3' },
}

/** @param saying begins the message of an error. @throws DeploymentError for a URI that names no object */
export function s3Source(uri: string, saying: string, options: SourceOptions): ArtifactSource {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/i.exec(uri) ?? []
  if (bucket === undefined || key === undefined) throw new DeploymentError(`${saying}Invalid artifact URI ${uri}`, { codes: ['ARTIFACT_URI_NOT_VALID', 'S3_ARTIFACT_URI_NOT_VALID'] })
  const ask = async <T>(operation: Operation, task: () => Promise<T>): Promise<T> => {
    try {
      return await patiently(options, operation, task)
    } catch (error) {
      options.signal.throwIfAborted()
      throw meaningOf(operation, error, saying)
    }
  }
  const location = () => ask('GetBucketLocation', () => options.s3.location(bucket))
  return {
    fileName: key.split('/').at(-1) ?? key,
    async size() {
      const region = await location()
      return ask('HeadObject', () => options.s3.size({ bucket, key }, region))
    },
    async read(range) {
      const region = await location()
      return ask('GetObject', () => options.s3.read({ bucket, key }, region, range))
    },
  }
}

function meaningOf(operation: Operation, cause: unknown, saying: string): DeploymentError {
  const { denied, absent, otherwise } = MEANING[operation]
  const codes: ErrorCode[] = ['ARTIFACT_DOWNLOAD_ERROR']
  const action = operation === 'GetBucketLocation' ? 's3:GetBucketLocation' : 's3:GetObject'
  if (cause instanceof S3Error && cause.status === 403)
    return new DeploymentError(`${saying}S3 ${operation} returns 403 Access Denied. Ensure the IAM role associated with the core device has a policy granting ${action}`, { codes, cause, causeMeans: denied })
  if (cause instanceof S3Error && cause.status === 404) return new DeploymentError(`${saying}S3 ${operation} returns 404 Resource Not Found`, { codes, cause, causeMeans: absent })
  return new DeploymentError(`${saying}${otherwise}`, { codes, cause })
}
