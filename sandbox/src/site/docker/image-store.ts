// sandbox/src/site/docker/image-store.ts: the images on a card: by reference, by id (digest of the configuration), and their layers by content.
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { hasCode } from '../system-error.ts'
import type { ImageConfig } from './image-config.ts'
import { isAlive } from './process-identity.ts'
import { parseReference } from './reference.ts'

export interface StoredImage {
  /** `sha256:…` */
  readonly id: string
  readonly config: ImageConfig
  readonly rootfs: string
}

export interface ImageStore {
  find(reference: string): Promise<StoredImage | undefined>
  references(): Promise<Readonly<Record<string, string>>>
  hasImage(id: string): Promise<boolean>
  hasLayer(diffId: string): Promise<boolean>
  layerFolder(diffId: string): string
  /** `fill` makes the content in a folder that takes its place when it is whole. */
  addLayer(diffId: string, fill: (folder: string) => Promise<void>): Promise<void>
  addImage(id: string, config: ImageConfig, fill: (rootfs: string) => Promise<void>): Promise<void>
  refer(reference: string, id: string): Promise<void>
  /** Answers the id of the image when nothing refers to it any more and it was deleted. */
  forget(reference: string): Promise<string | undefined>
}

export function imageStore(folder: string): ImageStore {
  const place = (kind: 'images' | 'layers', digest: string) => join(folder, kind, digest.replace('sha256:', ''))
  const referencesFile = join(folder, 'references.json')
  const references = async () => JSON.parse(await readFile(referencesFile, 'utf8').catch(() => '{}')) as Record<string, string> // written by `save`
  const save = async (next: Record<string, string>) => {
    await mkdir(folder, { recursive: true })
    await writeFile(`${referencesFile}.tmp`, JSON.stringify(next, undefined, 2), { flush: true })
    await rename(`${referencesFile}.tmp`, referencesFile)
  }
  const stored = async (id: string): Promise<StoredImage> => {
    const config = JSON.parse(await readFile(join(place('images', id), 'config.json'), 'utf8')) as ImageConfig // written by `addImage`
    return { id, config, rootfs: join(place('images', id), 'rootfs') }
  }
  return {
    references,
    async find(reference) {
      const id = (await references())[parseReference(reference).text]
      return id === undefined ? undefined : stored(id)
    },
    hasImage: (id) => exists(place('images', id)),
    hasLayer: (diffId) => exists(place('layers', diffId)),
    layerFolder: (diffId) => place('layers', diffId),
    addLayer: (diffId, fill) => whole(place('layers', diffId), fill),
    addImage: (id, config, fill) =>
      whole(place('images', id), async (half) => {
        await mkdir(join(half, 'rootfs'), { recursive: true })
        await fill(join(half, 'rootfs'))
        await writeFile(join(half, 'config.json'), JSON.stringify(config), { flush: true })
      }),
    refer: async (reference, id) => save({ ...(await references()), [reference]: id }),
    async forget(reference) {
      const { [reference]: id, ...others } = await references()
      await save(others)
      if (id === undefined || Object.values(others).includes(id)) return undefined
      await deleteImage(id, Object.values(others))
      return id
    },
  }

  async function deleteImage(id: string, remaining: readonly string[]): Promise<void> {
    const { config } = await stored(id)
    await rm(place('images', id), { recursive: true })
    const kept = new Set((await Promise.all(remaining.map(stored))).flatMap((image) => image.config.rootfs.diff_ids))
    for (const diffId of config.rootfs.diff_ids) if (!kept.has(diffId)) await rm(place('layers', diffId), { recursive: true, force: true })
  }
}

const HALF = /^\.half-(\d+)-/

/** What a power cut has left half is cleared away by the next pull; another pull that is under way is not disturbed. */
async function whole(path: string, fill: (half: string) => Promise<void>): Promise<void> {
  const siblings = dirname(path)
  await mkdir(siblings, { recursive: true })
  for (const name of await readdir(siblings)) {
    const pid = HALF.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(siblings, name), { recursive: true, force: true })
  }
  const half = join(siblings, `.half-${process.pid}-${randomUUID()}`)
  await mkdir(half)
  await fill(half).catch(async (error: unknown) => {
    await rm(half, { recursive: true, force: true })
    throw error
  })
  await rename(half, path).catch(async (error: unknown) => {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error
    await rm(half, { recursive: true }) // another pull has just brought the same content
  })
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )
