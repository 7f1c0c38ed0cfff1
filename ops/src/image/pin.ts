// ops/src/image/pin.ts: fills os-image/versions.json: downloads what is behind each address once, and writes down its SHA-256.
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FleetError } from '@fleet/contract/errors'
import { download } from './fetch-source.ts'
import { readVersions, VERSIONS_FILE, type Source, type SourceName, type Versions } from './versions.ts'

export interface PinStep {
  readonly name: SourceName
  readonly url: string
  readonly was: string | null
  readonly sha256: string
  /** What the publisher says beside the file, where it says something. */
  readonly confirmedBy: string | undefined
}

export interface PinOptions {
  readonly file?: string
  readonly only?: readonly SourceName[]
  readonly report?: (what: string) => void
}

/** Changes the file when everything has come. @throws FleetError IMAGE_SOURCE_UNREACHABLE, IMAGE_SOURCE_WRONG */
export async function pin({ file = VERSIONS_FILE, only, report = () => undefined }: PinOptions = {}): Promise<readonly PinStep[]> {
  const versions = readVersions(file)
  const names = (Object.keys(versions) as SourceName[]).filter((name) => only?.includes(name) ?? true) // its own keys, checked
  const folder = await mkdtemp(join(tmpdir(), 'fleet-pin-'))
  try {
    const steps: PinStep[] = []
    for (const name of names) {
      report(versions[name].url)
      steps.push(await pinOne(name, versions, folder))
    }
    await write(file, steps.reduce<Versions>((all, { name, sha256, confirmedBy }) => ({ ...all, [name]: pinnedAs(all[name], sha256, confirmedBy) }), versions))
    return steps
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Who vouched for this very digest still does; a new one has its publisher, or only what came. */
const pinnedAs = (source: Source, sha256: string, confirmedBy: string | undefined): Source => ({
  url: source.url,
  sha256,
  digestFrom: confirmedBy ?? (source.sha256 === sha256 ? source.digestFrom : null) ?? 'what came when it was pinned',
})

async function pinOne(name: SourceName, versions: Versions, folder: string): Promise<PinStep> {
  const { url, sha256: was } = versions[name]
  const sha256 = await download(url, join(folder, name))
  const published = await publishedDigest(url, join(folder, `${name}.sha256`))
  if (published !== undefined && published !== sha256) {
    throw new FleetError('IMAGE_SOURCE_WRONG', `${url}: its SHA-256 is ${sha256}, but its publisher says ${published} (${url}.sha256)`, 'Try again later; if it stays, ask the publisher. Nothing was pinned.')
  }
  return { name, url, was, sha256, confirmedBy: published === undefined ? undefined : `${url}.sha256` }
}

/** Raspberry Pi publishes `<file>.sha256` beside each image: digest, spaces, name. Undefined where there is none. */
async function publishedDigest(url: string, file: string): Promise<string | undefined> {
  try {
    await download(`${url}.sha256`, file)
  } catch {
    return undefined // not every publisher has one
  }
  return /^[0-9a-f]{64}\b/.exec(await readFile(file, 'utf8'))?.[0]
}

async function write(file: string, versions: Versions): Promise<void> {
  await writeFile(`${file}.tmp`, `${JSON.stringify(versions, null, 2)}\n`, { flush: true })
  await rename(`${file}.tmp`, file)
}
