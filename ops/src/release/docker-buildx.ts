// ops/src/release/docker-buildx.ts: builds images with Docker: components/Dockerfile, for arm64, with provenance and SBOM.
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { FleetError } from '@fleet/contract/errors'
import * as z from 'zod'
import type { ImageBuilder } from './image-builder.ts'

const Metadata = z.object({ 'containerimage.digest': z.string().regex(/^sha256:[0-9a-f]{64}$/) })

export interface DockerOptions {
  /** What is called: `docker`. */
  readonly executable?: string
}

export function dockerBuilder({ executable = 'docker' }: DockerOptions = {}): ImageBuilder {
  const docker = (args: readonly string[], input = '') => run(executable, args, input)
  return {
    name: 'docker',
    async publish({ source, registry, annotations }) {
      const host = registry.uri.split('/')[0] ?? ''
      await docker(['login', '--username', registry.user, '--password-stdin', host], registry.password)
      return inFolder(async (folder) => {
        const context = join(folder, 'context')
        await mkdir(join(context, source.folder, 'dist'), { recursive: true })
        await writeFile(join(context, 'Dockerfile'), source.dockerfile)
        for (const { name, bytes } of source.files) await writeFile(join(context, source.folder, 'dist', name), bytes)
        const metadata = join(folder, 'metadata.json')
        const marks = Object.entries(annotations).flatMap(([name, value]) => ['--annotation', `index,manifest:${name}=${value}`])
        await docker(['buildx', 'build', '--platform', 'linux/arm64', '--build-arg', `COMPONENT=${source.folder}`, '--provenance', 'true', '--sbom', 'true', ...marks, '--tag', `${registry.uri}:${source.version}`, ...REPRODUCIBLE, '--metadata-file', metadata, context])
        return Metadata.parse(JSON.parse(await readFile(metadata, 'utf8')))['containerimage.digest']
      })
    },
  }
}

/**
 * The same files make the same layers, on any machine and day (BuildKit, «Build reproducibility»): components that were built at different times share what they stand
 * on, and a device has it from its card.
 */
const REPRODUCIBLE = ['--build-arg', 'SOURCE_DATE_EPOCH=0', '--output', 'type=registry,rewrite-timestamp=true']

/** Whether there is a daemon that answers. */
export async function hasDocker({ executable = 'docker' }: DockerOptions = {}): Promise<boolean> {
  return run(executable, ['version', '--format', '{{.Server.Version}}'], '').then(
    () => true,
    () => false,
  )
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-image-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The password goes through stdin: arguments can be seen by every process. @throws FleetError DOCKER_FAILED */
async function run(executable: string, args: readonly string[], input: string): Promise<void> {
  const child = spawn(executable, args, { stdio: ['pipe', 'ignore', 'pipe'] })
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  child.stdin.on('error', () => undefined).end(input) // it may have ended without reading
  const [errors, code] = await Promise.all([text(child.stderr), ended.catch((cause: unknown) => Promise.reject(failed(args, 'it cannot be started', cause)))])
  if (code !== 0) throw failed(args, errors.trim().split('\n').slice(-8).join('\n') || `exit code ${String(code)}`)
}

const failed = (args: readonly string[], why: string, cause?: unknown) =>
  new FleetError('DOCKER_FAILED', `docker ${args.slice(0, 2).join(' ')} failed: ${why}`, 'See that the daemon runs (docker info) and that buildx can build for arm64 with attestations (docker buildx create --use --driver docker-container), then run the same again.', { cause })
