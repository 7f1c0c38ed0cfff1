// ops/src/image/fetch-source.ts: downloads a source of the image to a file, and tells the SHA-256 of what came.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { FleetError } from '@fleet/contract/errors'
import type { Pinned } from './versions.ts'

/** An image of an operating system over a slow line. */
const PATIENCE_MS = 60 * 60_000

/** SHA-256 in hex of a file of any size. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

/** Whole or not at all. Resolves to the SHA-256 of what came. The headers go to this host alone, not where it redirects to. @throws FleetError IMAGE_SOURCE_UNREACHABLE */
export async function download(url: string, file: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const half = `${file}.part`
  try {
    await mkdir(dirname(file), { recursive: true })
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE_MS) })
    if (!response.ok || !response.body) throw new Error(`the server answers ${response.status}`)
    const sha256 = await saved(response.body, half)
    await rename(half, file)
    return sha256
  } catch (cause) {
    await rm(half, { force: true })
    throw new FleetError('IMAGE_SOURCE_UNREACHABLE', `${url} could not be downloaded: ${reasonOf(cause)}`, 'Look at the network; if the publisher has taken it away, name another version in os-image/versions.json and run `fleet image pin`.', { cause })
  }
}

/** Writes what comes to the file; resolves to its SHA-256 in hex when all of it is on the disk. */
export async function saved(body: AsyncIterable<Uint8Array>, file: string): Promise<string> {
  const hash = createHash('sha256')
  await using out = await open(file, 'w')
  for await (const piece of body) {
    hash.update(piece)
    await out.write(piece)
  }
  await out.sync()
  return hash.digest('hex')
}

/** fetch() says the reason only in its cause. */
const reasonOf = (error: unknown): string => (error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error))

/** The file in the cache, or downloaded now; it is what the pin says in either case. @throws FleetError IMAGE_SOURCE_WRONG, IMAGE_SOURCE_UNREACHABLE */
export async function fetched({ url, sha256 }: Pinned, cache: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const file = join(cache, `${sha256}-${new URL(url).pathname.split('/').at(-1) ?? ''}`)
  if (await isThere(file)) {
    if ((await sha256Of(file)) === sha256) return file
    await rm(file) // the card of the cache is broken, or somebody changed it
  }
  const came = await download(url, `${file}.unchecked`, headers)
  if (came !== sha256) {
    await rm(`${file}.unchecked`)
    throw new FleetError('IMAGE_SOURCE_WRONG', `${url} is not what was pinned: its SHA-256 is ${came}, the pin says ${sha256}`, 'Somebody has changed it. Find out who before you pin it anew.')
  }
  await rename(`${file}.unchecked`, file)
  return file
}

const isThere = (file: string): Promise<boolean> => stat(file).then(() => true, () => false)
