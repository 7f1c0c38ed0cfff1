// sandbox/src/site/nucleus/deployments/large-document.ts: fetches a deployment document that is too large for a job (capability LARGE_CONFIGURATION).
import { createHash } from 'node:crypto'
import type { Log } from '@fleet/log'
import { DataPlaneError, type DataPlane } from '../cloud/data-plane.ts'
import { NetworkError, send, type HttpAccess } from '../cloud/https.ts'
import { isPassingStatus, retrying } from '../cloud/retry.ts'
import type { Timings } from '../timing.ts'
import { DeploymentError } from './deployment-error.ts'
import { readDocument, type DeploymentDocument } from './document.ts'

export interface LargeDocumentOptions {
  readonly dataPlane: DataPlane
  readonly downloads: HttpAccess
  readonly log: Log
  readonly timings: Timings
  readonly signal: AbortSignal
}

const MOST_BYTES = 10 * 1024 * 1024
const MOST_TRIES_ABSENT = 10 // the cloud's store is eventually consistent

/** What the download may yet bring. */
class Passing extends DeploymentError {}

export async function downloadDocument(deploymentId: string, { log, timings, signal, ...options }: LargeDocumentOptions): Promise<DeploymentDocument> {
  const common = { what: 'download-large-configuration', log, signal, firstWaitMs: timings.cloudRetry }
  const isAbsent = (error: unknown) => error instanceof DataPlaneError && error.status === 404
  const mayPass = (error: unknown) => error instanceof Passing || error instanceof NetworkError || (error instanceof DataPlaneError && isPassingStatus(error.status))
  try {
    return readDocument(await retrying({ ...common, mostTries: MOST_TRIES_ABSENT, isRetryable: isAbsent }, () => retrying({ ...common, isRetryable: mayPass }, () => downloadOnce(deploymentId, options))))
  } catch (cause) {
    signal.throwIfAborted()
    throw new DeploymentError('Error downloading deployment configuration', { cause: meaningOf(cause) })
  }
}

async function downloadOnce(deploymentId: string, { dataPlane, downloads }: Pick<LargeDocumentOptions, 'dataPlane' | 'downloads'>): Promise<string> {
  const { url, sha256 } = await dataPlane.deploymentConfiguration(deploymentId)
  if (url === '') throw passing("preSignedUrl can't be null or blank")
  const response = await send(downloads, { method: 'GET', url: new URL(url) })
  const size = Number(response.headers['content-length'] ?? 0)
  if (response.status < 200 || response.status >= 300 || size > MOST_BYTES) response.discard()
  if (response.status < 200 || response.status >= 300) throw passing(`Received unsuccessful HTTP status: [${response.status}] when getting from preSigned url. Status Text: ''`)
  if (size > MOST_BYTES) throw new DeploymentError(`Requested deployment document exceeded size limit. The requested document is ${size} bytes, but the size limit is ${MOST_BYTES} bytes`, { codes: ['DEPLOYMENT_DOCUMENT_SIZE_EXCEEDED'] })
  const text = await response.text()
  const digest = createHash('sha256').update(text).digest('base64')
  if (digest !== sha256) throw passing(`Integrity check failed because the calculated digest is different from provided digest.\nProvided digest: '${sha256}'. \nCalculated digest: '${digest}'`)
  return text
}

const passing = (what: string) => new Passing(what, { codes: ['DOWNLOAD_DEPLOYMENT_DOCUMENT_ERROR'] })

function meaningOf(cause: unknown): unknown {
  if (!(cause instanceof DataPlaneError)) return cause
  if (cause.status !== 403) return new DeploymentError('Error while calling GetDeploymentConfiguration', { cause })
  const what = 'Access denied when calling GetDeploymentConfiguration. Ensure certificate policy grants greengrass:GetDeploymentConfiguration'
  return new DeploymentError(what, { cause, causeMeans: 'GET_DEPLOYMENT_CONFIGURATION_ACCESS_DENIED' })
}
