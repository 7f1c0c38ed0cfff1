// sandbox/src/site/docker/run.ts: `docker run`: this process becomes the container's, so that nothing stays between the nucleus and the component.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { hasCode } from '../system-error.ts'
import { nativeAddon } from './native-addon.ts'
import { mountsOf, onThisMachine, translate } from './container-paths.ts'
import type { Containers } from './containers.ts'
import { DockerError } from './docker-error.ts'
import type { Docker } from './docker.ts'
import type { StoredImage } from './image-store.ts'
import { identityOf } from './process-identity.ts'
import { insideRoot } from './rootfs.ts'
import type { Mount, RunOptions } from './run-options.ts'

export interface Run extends Pick<Docker, 'store' | 'containers' | 'warn'> {
  readonly card: string
  readonly bootId: string
  /** Of the client, which becomes the container. */
  readonly pid: number
  readonly environment: Environment
  readonly pull: (image: string) => Promise<void>
}

export type Environment = Readonly<Record<string, string | undefined>>

/** A program with its arguments, folder and environment, all of this machine. */
export interface Program {
  readonly file: string
  readonly words: readonly string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
}

/** Answers what to become. @throws DockerError 125 before there is a container, 126 or 127 when its program cannot be run */
export async function prepareRun(options: RunOptions, { card, bootId, pid, environment, store, containers, warn, pull }: Run): Promise<Program> {
  const name = options.name ?? `sandbox_${randomBytes(4).toString('hex')}`
  await refuseSameName(name, containers)
  const image = (await store.find(options.image)) ?? (await pulled(options, { store, pull, warn }))
  refuseForeign(image, warn)
  const program = await programOf(options, image, { mounts: mountsOf(options, card), card, here: environment })
  const id = randomBytes(32).toString('hex')
  await containers.add({ id, name, image: options.image, imageId: image.id, bootId, created: new Date().toISOString(), ...identityOf(pid) })
  return program
}

async function refuseSameName(name: string, containers: Containers): Promise<void> {
  const same = (await containers.running()).find((container) => container.name === name)
  if (same === undefined) return
  throw new DockerError(
    `docker: Error response from daemon: Conflict. The container name "/${name}" is already in use by container "${same.id}". You have to remove (or rename) that container to be able to reuse that name.\n\nRun 'docker run --help' for more information`,
    125,
  )
}

async function pulled({ image, mayPull }: RunOptions, { store, pull, warn }: Pick<Run, 'store' | 'pull' | 'warn'>): Promise<StoredImage> {
  if (!mayPull) throw new DockerError(`docker: Error response from daemon: No such image: ${image}`, 125)
  warn(`Unable to find image '${image}' locally`)
  await pull(image).catch((error: unknown) => {
    throw error instanceof DockerError ? new DockerError(`docker: ${error.message}`, 125) : error
  })
  const found = await store.find(image)
  if (found === undefined) throw new DockerError(`docker: Error response from daemon: No such image: ${image}`, 125)
  return found
}

/** A Pi runs 64-bit Arm. JavaScript does not care what this machine is; anything else in the image is not run. */
function refuseForeign({ config }: StoredImage, warn: Run['warn']): void {
  if (config.architecture === 'arm64') return
  const [program = ''] = [...(config.config.Entrypoint ?? []), ...(config.config.Cmd ?? [])]
  warn(`WARNING: The requested image's platform (${config.os}/${config.architecture}) does not match the detected host platform (linux/arm64/v8) and no specific platform was requested`)
  throw new DockerError(`exec ${program}: exec format error`, 1)
}

interface Around {
  readonly mounts: readonly Mount[]
  readonly card: string
  /** Of the client. */
  readonly here: Environment
}

async function programOf(options: RunOptions, { config: { config }, rootfs }: StoredImage, { mounts, card, here }: Around): Promise<Program> {
  const entrypoint = options.entrypoint === undefined ? (config.Entrypoint ?? []) : [options.entrypoint]
  const command = options.command.length > 0 || options.entrypoint !== undefined ? options.command : (config.Cmd ?? [])
  const [program, ...words] = [...entrypoint, ...command]
  if (program === undefined) throw new DockerError('docker: Error response from daemon: no command specified', 125)
  if (basename(program) !== 'node') {
    throw new DockerError(`docker: Error response from daemon: exec: "${program}": the sandbox runs only node in containers`, 126)
  }
  const inRoot = async (word: string) => {
    const path = word.startsWith('/') ? join(rootfs, await insideRoot(rootfs, word)) : ''
    return path !== '' && existsSync(path) ? path : translate(word, mounts)
  }
  return {
    file: process.execPath,
    words: [program, ...(await Promise.all(words.map(inRoot)))],
    folder: join(rootfs, await insideRoot(rootfs, options.workingFolder ?? config.WorkingDir ?? '/')),
    environment: await environmentOf(options, config.Env ?? [], { mounts, card, here }),
  }
}

/** As in a container: the image's, then files, then -e; nothing of this machine's. */
async function environmentOf({ environment, environmentFiles }: RunOptions, ofImage: readonly string[], { mounts, card, here }: Around): Promise<Record<string, string>> {
  const files = await Promise.all(environmentFiles.map((file) => readEnvironmentFile(onThisMachine(file, card))))
  const lines = [...ofImage, ...files.flat(), ...environment]
  const pairs = lines.flatMap((line): [string, string][] => {
    const equals = line.indexOf('=')
    if (equals > 0) return [[line.slice(0, equals), translate(line.slice(equals + 1), mounts)]]
    const value = here[line]
    return value === undefined ? [] : [[line, translate(value, mounts)]]
  })
  return { ...Object.fromEntries(pairs), ...nativeAddon() } // the image's environment names its own, which is for 64-bit Arm
}

async function readEnvironmentFile(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new DockerError(`docker: open ${path}: ${hasCode(error, 'ENOENT') ? 'no such file or directory' : String(error)}`, 125)
  })
  return text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'))
}
