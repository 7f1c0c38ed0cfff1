// sandbox/src/site/nucleus/components/artifacts/artifact-source.ts: where an artifact comes from: how large it is, and its bytes.
import type { Log } from '@fleet/log'
import type { Readable } from 'node:stream'
import { DataPlaneError, type DataPlane } from '../../cloud/data-plane.ts'
import { NetworkError, type HttpAccess } from '../../cloud/https.ts'
import { isPassingStatus, retrying } from '../../cloud/retry.ts'
import { S3Error, type S3 } from '../../cloud/s3.ts'
import type { Timings } from '../../timing.ts'

export interface ArtifactSource {
  readonly fileName: string
  /** @throws DeploymentError; tries for ever while the device is offline */
  readonly size: () => Promise<number>
  /** Both ends included. */
  readonly read: (range: { readonly from: number; readonly to: number }) => Promise<Readable>
}

export interface SourceOptions {
  readonly dataPlane: DataPlane
  readonly s3: S3
  /** For URLs that are signed already: any server that the device trusts. */
  readonly downloads: HttpAccess
  readonly log: Log
  readonly timings: Timings
  readonly signal: AbortSignal
}

/** Tries again each minute, for ever, what may pass. */
export function patiently<T>({ log, timings, signal }: SourceOptions, what: string, task: () => Promise<T>): Promise<T> {
  return retrying({ what, log, signal, firstWaitMs: timings.cloudRetry, isRetryable: mayPass }, task)
}

/** S3 says these when role credentials have just ended, or are not known everywhere yet. */
const PASSING_S3_REFUSALS = ['token has expired', 'The AWS Access Key Id you provided does not exist in our records']

function mayPass(error: unknown): boolean {
  if (error instanceof NetworkError || error instanceof PassingStatus) return true
  if (error instanceof DataPlaneError) return isPassingStatus(error.status)
  return error instanceof S3Error && (isPassingStatus(error.status) || PASSING_S3_REFUSALS.some((text) => error.message.includes(text)))
}

/** A server of downloads asks for patience. */
export class PassingStatus extends Error {}
