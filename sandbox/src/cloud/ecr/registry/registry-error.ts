// sandbox/src/cloud/ecr/registry/registry-error.ts: refusals of the OCI registry: the distribution spec's error JSON with ECR's texts.
import { AwsError } from '../../aws-error.ts'
import type { HttpAnswer } from '../../wire/http-route.ts'
import { ManifestInvalid } from '../manifest.ts'

/** OCI distribution spec 1.1, «Error codes». */
export type RegistryErrorCode =
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'DENIED'
  | 'DIGEST_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'SIZE_INVALID'
  | 'TAG_INVALID'
  | 'UNAUTHORIZED'
  | 'UNSUPPORTED'

export class RegistryError extends Error {
  override readonly name = 'RegistryError'
  readonly status: number
  readonly code: RegistryErrorCode
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: RegistryErrorCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** Clients know a registry by it. */
export const REGISTRY_VERSION = { 'docker-distribution-api-version': 'registry/2.0' } as const

/** How what the AWS API refuses is told over the registry's. */
const FROM_AWS: Readonly<Record<string, readonly [status: number, code: RegistryErrorCode]>> = {
  RepositoryNotFoundException: [404, 'NAME_UNKNOWN'],
  ImageNotFoundException: [404, 'MANIFEST_UNKNOWN'],
  ImageTagAlreadyExistsException: [400, 'TAG_INVALID'],
  ImageDigestDoesNotMatchException: [400, 'DIGEST_INVALID'],
  LayersNotFoundException: [404, 'MANIFEST_BLOB_UNKNOWN'],
  ReferencedImagesNotFoundException: [404, 'MANIFEST_BLOB_UNKNOWN'],
}

/** @returns undefined for what is no refusal but a fault of ours */
export function refusal(error: unknown): HttpAnswer | undefined {
  const told = asRegistryError(error)
  if (!told) return undefined
  return {
    status: told.status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...REGISTRY_VERSION, ...told.headers },
    body: JSON.stringify({ errors: [{ code: told.code, message: told.message }] }),
  }
}

function asRegistryError(error: unknown): RegistryError | undefined {
  if (error instanceof RegistryError) return error
  if (error instanceof ManifestInvalid) return new RegistryError(400, 'MANIFEST_INVALID', error.message)
  const known = error instanceof AwsError ? FROM_AWS[error.code] : undefined
  return known && error instanceof AwsError ? new RegistryError(known[0], known[1], error.message) : undefined
}
