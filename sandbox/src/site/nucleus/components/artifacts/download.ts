// sandbox/src/site/nucleus/components/artifacts/download.ts: brings an artifact onto the card, goes on where it was cut off, and checks its digest.
import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rm, stat } from 'node:fs/promises'
import { finished, PassThrough, type Readable } from 'node:stream'
import type { Log } from '@fleet/log'
import { retrying } from '../../cloud/retry.ts'
import { DeploymentError } from '../../deployments/deployment-error.ts'
import { jittered, pause, type Timings } from '../../timing.ts'
import type { Artifact } from '../recipe.ts'
import type { ArtifactSource } from './artifact-source.ts'

export interface DownloadOptions {
  readonly artifact: Artifact
  readonly source: ArtifactSource
  readonly path: string
  /** Begins the message of an error. */
  readonly saying: string
  readonly log: Log
  readonly timings: Timings
  readonly signal: AbortSignal
}

const MOST_CHECKS = 10

/** Whether the file is here with the digest that the recipe names; a recipe without one is content with any. */
export async function isPresent({ digest, algorithm }: Artifact, path: string): Promise<boolean> {
  if ((await sizeOf(path)) === undefined) return false
  if (digest === '' || algorithm === '') return true
  return (await hashFile(path, hashOf(algorithm))).digest('base64') === digest
}

/** @throws DeploymentError; a digest that does not match is tried again nine times, a minute apart */
export async function download(options: DownloadOptions): Promise<void> {
  const { artifact, path, saying, log, timings, signal } = options
  if (artifact.algorithm === '') throw new DeploymentError(`${saying}Algorithm missing from artifact`, { codes: ['ARTIFACT_DOWNLOAD_ERROR', 'RECIPE_MISSING_ARTIFACT_HASH_ALGORITHM'] })
  const size = await options.source.size()
  const retry = { what: 'download-artifact', log, signal, firstWaitMs: timings.cloudRetry, mostTries: MOST_CHECKS, isRetryable: (error: unknown) => error instanceof ChecksumMismatch }
  await retrying(retry, async () => {
    const hash = await complete(options, size)
    if (hash.digest('base64') === artifact.digest) return
    await rm(path, { force: true })
    throw new ChecksumMismatch('Failed integrity check for the downloaded artifact. Artifact contents may have changed after component version was created', { codes: ['ARTIFACT_DOWNLOAD_ERROR', 'ARTIFACT_CHECKSUM_MISMATCH'] })
  })
}

class ChecksumMismatch extends DeploymentError {}

async function complete(options: DownloadOptions, size: number): Promise<Hash> {
  const { artifact, path } = options
  if (((await sizeOf(path)) ?? 0) > size) await rm(path) // it is not what we want, or damaged
  const present = (await sizeOf(path)) ?? 0
  const hash = await hashFile(path, hashOf(artifact.algorithm))
  for (let offset = present; offset < size; ) {
    const received = await append(options, hash, { from: offset, to: size - 1 })
    if (received === 0) await pause(jittered(options.timings.cloudRetry), options.signal)
    offset += received
  }
  return hash
}

/** Answers how many bytes came before the stream broke off. @throws DeploymentError when the card does not take them: that does not pass by itself */
async function append({ source, path, saying, log }: DownloadOptions, hash: Hash, range: { from: number; to: number }): Promise<number> {
  let received = 0
  const stream = allThatComes(await source.read(range), (error) => log.warn('Failed to read from input stream and will retry', { received, error }))
  await using file = await open(path, 'a')
  for await (const chunk of stream) {
    const bytes = chunk as Buffer // no encoding is set
    await file.appendFile(bytes).catch(async (cause: unknown) => {
      await rm(path, { force: true }) // a full card needs the room
      throw new DeploymentError(`${saying}Unable to write the artifact`, { codes: ['ARTIFACT_DOWNLOAD_ERROR', 'IO_WRITE_ERROR'], cause })
    })
    hash.update(bytes)
    received += bytes.length
  }
  await file.sync()
  return received
}

const MOST_WAITING_BYTES = 1_048_576

/** Ends where the connection breaks off, with the bytes that came before: the response itself drops those that nobody has read by then. */
function allThatComes(response: Readable, hasBrokenOff: (error: Error) => void): Readable {
  const arrived = response.pipe(new PassThrough({ highWaterMark: MOST_WAITING_BYTES }))
  finished(response, (error) => {
    if (error && !arrived.destroyed) hasBrokenOff(error)
    arrived.end()
  })
  return arrived.once('close', () => response.destroy())
}

const NAMES: Readonly<Record<string, string>> = { 'SHA-256': 'sha256', 'SHA-1': 'sha1', 'SHA-512': 'sha512', 'SHA-384': 'sha384', MD5: 'md5' }

function hashOf(algorithm: string): Hash {
  const name = NAMES[algorithm.toUpperCase()]
  if (name === undefined) throw new DeploymentError('Algorithm requested for artifact checksum is not supported', { codes: ['COMPONENT_PACKAGE_LOADING_ERROR', 'HASHING_ALGORITHM_UNAVAILABLE'] })
  return createHash(name)
}

async function hashFile(path: string, hash: Hash): Promise<Hash> {
  if (((await sizeOf(path)) ?? 0) === 0) return hash
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer) // no encoding is set
  return hash
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch {
    return undefined // there is no such file
  }
}
