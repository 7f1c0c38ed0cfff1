// sandbox/src/site/nucleus/components/artifacts/docker-artifact.ts: brings a docker image onto the device: password, login, pull, each with its patience.
import type { Log } from '@fleet/log'
import { retrying } from '../../cloud/retry.ts'
import { DeploymentError } from '../../deployments/deployment-error.ts'
import type { Timings } from '../../timing.ts'
import { DockerError, type DockerClient } from './docker-client.ts'
import { dockerImage, type DockerImage } from './docker-image.ts'
import { isOffline, type RegistryPassword } from './ecr.ts'

export interface DockerOptions {
  readonly client: DockerClient
  readonly log: Log
  readonly timings: Timings
  readonly signal: AbortSignal
  readonly now: () => Date
  readonly isConnected: () => boolean
  readonly password: (registryId: string, region: string) => Promise<RegistryPassword>
}

const MOST_TRIES = 30 // of what may need a hand
const MOST_REMOVALS = 5

/** @param saying begins the message of an error */
export async function bringImage(uri: string, saying: string, options: DockerOptions): Promise<void> {
  const image = dockerImage(uri)
  if (!(await options.client.isInstalled())) throw new DeploymentError(`${saying}Docker engine is not installed. Install Docker and retry the deployment.`, { codes: ['ARTIFACT_DOWNLOAD_ERROR'] })
  if (!image.isLatest && (await options.client.hasImage(image.fullName))) return
  if (image.isPrivateEcr) await login(image, saying, options)
  await patiently(options, 'docker-pull-image', `${saying}Failed to download docker image`, () => options.client.pull(image.fullName))
}

export async function removeImage(uri: string, { client, log, timings, signal }: DockerOptions): Promise<void> {
  const retry = { what: 'docker-image-cleanup', log, signal, firstWaitMs: timings.dockerRetry, mostWaitMs: timings.dockerRetry * 12, mostTries: MOST_REMOVALS, isRetryable: (error: unknown) => error instanceof DockerError && error.isPassing }
  await retrying(retry, () => client.removeImage(dockerImage(uri).fullName))
}

async function login({ registry, registryId, region }: DockerImage, saying: string, options: DockerOptions): Promise<void> {
  const { log, timings, signal, client, now } = options
  const forEver = { what: 'get-ecr-auth-token', log, signal, firstWaitMs: timings.cloudRetry, mostWaitMs: timings.cloudRetry * 64, isRetryable: isOffline }
  const obtain = () =>
    retrying(forEver, () => options.password(registryId, region)).catch((cause: unknown) => {
      signal.throwIfAborted()
      throw new DeploymentError(`${saying}Failed to get auth token for docker login`, { codes: ['ARTIFACT_DOWNLOAD_ERROR'], cause })
    })
  let password = await obtain()
  await patiently(options, 'docker-login', `${saying}Failed to login to docker registry`, async () => {
    if (password.expiresAt <= now()) password = await obtain()
    await client.login(registry, password.username, password.password)
  })
}

/** Thirty tries for what docker says of itself, any number for what the network says; without a connection to the cloud, a fault of docker counts as one of the network. */
async function patiently(options: DockerOptions, what: string, message: string, task: () => Promise<void>): Promise<void> {
  const { log, timings, signal, isConnected } = options
  const offline = (error: unknown) => error instanceof DockerError && (error.isOffline || (error.isPassing && !isConnected()))
  const finite = { what, log, signal, firstWaitMs: timings.dockerRetry, mostWaitMs: timings.dockerRetry * 192, mostTries: MOST_TRIES, isRetryable: (error: unknown) => error instanceof DockerError && error.isPassing }
  const infinite = { what, log, signal, firstWaitMs: timings.cloudRetry, mostWaitMs: timings.cloudRetry * 64, isRetryable: offline }
  try {
    await retrying(finite, () => retrying(infinite, task))
  } catch (cause) {
    signal.throwIfAborted()
    throw new DeploymentError(message, { codes: ['ARTIFACT_DOWNLOAD_ERROR'], cause })
  }
}
