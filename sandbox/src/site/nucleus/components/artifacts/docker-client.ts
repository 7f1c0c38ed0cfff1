// sandbox/src/site/nucleus/components/artifacts/docker-client.ts: the docker command, as the nucleus calls it, and what its failures mean.
import { execFile } from 'node:child_process'
import { DeploymentError } from '../../deployments/deployment-error.ts'
import type { ErrorCode } from '../../deployments/error-code.ts'

export interface DockerClient {
  readonly isInstalled: () => Promise<boolean>
  readonly hasImage: (image: string) => Promise<boolean>
  readonly login: (registry: string, username: string, password: string) => Promise<void>
  readonly pull: (image: string) => Promise<void>
  readonly removeImage: (image: string) => Promise<void>
}

/** `isPassing`: the service, not the request, is at fault. `isOffline`: the network is. */
export class DockerError extends DeploymentError {
  readonly isPassing: boolean
  readonly isOffline: boolean

  constructor(message: string, code: ErrorCode, kind: 'final' | 'passing' | 'offline' = 'final') {
    super(message, { codes: code === 'DOCKER_IMAGE_QUERY_ERROR' ? ['ARTIFACT_DOWNLOAD_ERROR', code] : ['ARTIFACT_DOWNLOAD_ERROR', 'DOCKER_ERROR', code] })
    this.isPassing = kind === 'passing'
    this.isOffline = kind === 'offline'
  }
}

const OFFLINE = ['net/http', 'request canceled', 'timeout', 'no such host', 'dial tcp', 'read: connection timed out', 'temporary failure in name resolution']

interface Result {
  readonly exitCode: number
  readonly output: string
  readonly errors: string
}

/** @param environment its PATH finds `docker` */
export function dockerClient(environment: Readonly<Record<string, string>>): DockerClient {
  const run = async (command: string, extra: Readonly<Record<string, string>> = {}): Promise<Result> => {
    const result = await shell(command, { ...environment, ...extra })
    if (result.exitCode !== 0 && result.errors.includes('Got permission denied while trying to connect to the Docker daemon socket'))
      throw new DockerError(`User not authorized to use docker, if you're not running greengrass as root, please add the user you're running with to docker group and redeploy. ${result.errors}`, 'USER_NOT_AUTHORIZED_FOR_DOCKER')
    return result
  }
  return {
    isInstalled: async () => (await shell('docker -v', environment)).exitCode === 0,
    async hasImage(image) {
      const { exitCode, output, errors } = await run(`docker images -q ${image}`)
      if (exitCode !== 0) throw new DockerError(`Unexpected error while trying to perform docker images -q ${errors}`, 'DOCKER_IMAGE_QUERY_ERROR')
      return output.trim() !== ''
    },
    async login(registry, dockerUsername, dockerPassword) {
      const { exitCode, output, errors } = await run(`docker login ${registry} -u $dockerUsername -p $dockerPassword`, { dockerUsername, dockerPassword })
      if (exitCode === 0) return
      const isUnavailable = output.includes('Service Unavailable')
      throw new DockerError(`Error logging into the registry using credentials - ${errors}`, isUnavailable ? 'DOCKER_SERVICE_UNAVAILABLE' : 'DOCKER_LOGIN_ERROR', 'passing')
    },
    async pull(image) {
      const result = await run(`docker pull ${image}`)
      if (result.exitCode !== 0) throw pullError(result)
    },
    async removeImage(image) {
      const { exitCode, errors } = await run(`docker rmi ${image}`)
      if (exitCode !== 0) throw new DockerError(`Unexpected error while trying to perform docker rmi - ${errors}`, 'DOCKER_ERROR', 'passing')
    },
  }
}

function pullError({ output, errors }: Result): DockerError {
  if (output.includes('Service Unavailable')) return new DockerError(`Error pulling docker image - ${errors}`, 'DOCKER_SERVICE_UNAVAILABLE', 'passing')
  if (output.includes("repository does not exist or may require 'docker login'")) return new DockerError(`Invalid image or login - ${errors}`, 'DOCKER_IMAGE_NOT_VALID')
  if (OFFLINE.some((text) => errors.toLowerCase().includes(text))) return new DockerError(`Network issue when docker pull - ${errors}`, 'NETWORK_ERROR', 'offline')
  return new DockerError(`Unexpected error while trying to perform docker pull - ${errors}`, 'DOCKER_PULL_ERROR')
}

function shell(command: string, environment: Readonly<Record<string, string>>): Promise<Result> {
  return new Promise((resolve) => {
    execFile('sh', ['-c', command], { env: environment, maxBuffer: 64 * 1024 * 1024 }, (error, output, errors) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
      resolve({ exitCode: code, output, errors: errors === '' && error !== null ? error.message : errors })
    })
  })
}
