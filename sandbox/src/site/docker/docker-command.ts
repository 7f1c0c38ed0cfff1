// sandbox/src/site/docker/docker-command.ts: carries out one docker command of a simulated Pi, in whatever process.
import { join } from 'node:path'
import { onCard } from '../card.ts'
import { getThrough } from './connection.ts'
import { containersIn } from './containers.ts'
import { credentialsFile } from './credentials.ts'
import type { Docker } from './docker.ts'
import { DockerError } from './docker-error.ts'
import { imageStore } from './image-store.ts'
import type { Environment, Program } from './run.ts'

export interface DockerCall {
  /** What follows `docker`. */
  readonly words: readonly string[]
  /** Of the process that was called `docker`. */
  readonly environment: Environment
  readonly pid: number
  /** A line for standard output, a line for standard error. */
  readonly print: (line: string) => void
  readonly warn: (line: string) => void
}

/** Its exit code; or, of `docker run`, what the process that was called `docker` is to become. */
export type DockerAnswer = { readonly code: number } | { readonly becomes: Program }

export async function obeyDocker(call: DockerCall): Promise<DockerAnswer> {
  try {
    if (call.environment['FLEET_ROOT'] === undefined) throw new DockerError('docker (sandbox): FLEET_ROOT is not set; this is the docker of a simulated Pi')
    const becomes = await obey(call, dockerOf(call))
    return becomes === undefined ? { code: 0 } : { becomes }
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    call.warn(error.message)
    return { code: error.code }
  }
}

const cardOf = ({ environment }: DockerCall) => environment['FLEET_ROOT'] ?? ''
const bootIdOf = ({ environment }: DockerCall) => environment['FLEET_BOOT_ID'] ?? ''

function dockerOf(call: DockerCall): Docker {
  const { environment, print, warn } = call
  const folder = join(cardOf(call), onCard.docker)
  return {
    store: imageStore(folder),
    containers: containersIn(join(folder, 'containers'), bootIdOf(call)),
    credentials: credentialsFile(join(environment['DOCKER_CONFIG'] ?? join(cardOf(call), 'root/.docker'), 'config.json')),
    get: getThrough(environment['FLEET_NETWORK_DOOR']),
    print,
    warn,
  }
}

/** Each command loads what it needs itself: where it has a process of its own, the nucleus calls docker often. */
async function obey(call: DockerCall, docker: Docker): Promise<Program | undefined> {
  const [name = '', ...words] = call.words
  if (name === 'pull') await pull(words.find((word) => !word.startsWith('-')) ?? '', docker)
  else if (name === 'run') return await run(words, call, docker)
  else await other(name, words, docker)
  return undefined
}

async function pull(image: string, docker: Docker): Promise<void> {
  const [{ pullImage }, { parseReference }] = await Promise.all([import('./pull.ts'), import('./reference.ts')])
  await pullImage(parseReference(image), docker)
}

async function run(words: readonly string[], call: DockerCall, docker: Docker): Promise<Program> {
  const [{ prepareRun }, { readRunOptions }] = await Promise.all([import('./run.ts'), import('./run-options.ts')])
  return prepareRun(readRunOptions(words), { card: cardOf(call), bootId: bootIdOf(call), pid: call.pid, environment: call.environment, pull: (image) => pull(image, docker), ...docker })
}

async function other(name: string, words: readonly string[], docker: Docker): Promise<void> {
  const { commands } = await import('./commands.ts')
  const command = commands[name]
  if (command === undefined) throw new DockerError(`docker: unknown command: docker ${name} (the sandbox offers a part of docker)\n\nRun 'docker --help' for more information`)
  await command(words, docker)
}
