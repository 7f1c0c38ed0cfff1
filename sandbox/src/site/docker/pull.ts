// sandbox/src/site/docker/pull.ts: `docker pull`: an image from its registry onto the card.
import type { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import type { Docker } from './docker.ts'
import { daemonError, DockerError } from './docker-error.ts'
import { ImageConfig } from './image-config.ts'
import { piped } from './piped.ts'
import { registryAddress, type ImageReference } from './reference.ts'
import { registryOf, verified, type Descriptor, type Registry } from './registry.ts'
import { layOver, unpackLayer } from './rootfs.ts'

export type Pull = Pick<Docker, 'store' | 'credentials' | 'get' | 'print'>

export async function pullImage(reference: ImageReference, { store, credentials, get, print }: Pull): Promise<void> {
  print(`${reference.wanted}: Pulling from ${reference.repository}`)
  const registry = registryOf(reference, { auth: await credentials.of(registryAddress(reference)), get })
  const manifest = await registry.manifest()
  const id = manifest.config.digest
  const isKnown = await store.hasImage(id)
  if (!isKnown) {
    const config = readConfig(await textOf(await registry.blob(manifest.config)))
    if (config.rootfs.diff_ids.length !== manifest.layers.length) throw daemonError('the image has layers that its configuration does not know')
    for (const [index, diffId] of config.rootfs.diff_ids.entries()) await pullLayer(registry, manifest.layers[index], diffId, { store, print })
    await store.addImage(id, config, async (rootfs) => {
      for (const diffId of config.rootfs.diff_ids) await layOver(rootfs, store.layerFolder(diffId))
    })
  }
  await store.refer(reference.text, id)
  print(`Digest: ${manifest.digest}`)
  print(`Status: ${isKnown ? 'Image is up to date' : 'Downloaded newer image'} for ${reference.text}`)
  print(reference.text)
}

async function pullLayer(registry: Registry, layer: Descriptor | undefined, diffId: string, { store, print }: Pick<Pull, 'store' | 'print'>): Promise<void> {
  if (layer === undefined) throw daemonError('the image has fewer layers than its configuration says')
  const short = layer.digest.slice('sha256:'.length, 'sha256:'.length + 12)
  if (await store.hasLayer(diffId)) return print(`${short}: Already exists`)
  const fill = async (folder: string) => {
    const blob = await registry.blob(layer)
    const unpacker = decompressor(layer.mediaType)
    await unpackLayer(piped(unpacker === undefined ? blob : piped(blob, unpacker), verified(diffId)), folder)
  }
  await store.addLayer(diffId, fill).catch((error: unknown) => {
    throw error instanceof DockerError ? error : daemonError(`failed to register layer: ${error instanceof Error ? error.message : String(error)}`)
  })
  print(`${short}: Pull complete`)
}

function decompressor(mediaType: string) {
  if (mediaType.endsWith('zstd')) return createZstdDecompress()
  return mediaType.endsWith('gzip') ? createGunzip() : undefined
}

function readConfig(text: string): ImageConfig {
  const config = ImageConfig.safeParse(JSON.parse(text))
  if (!config.success) throw daemonError('the image has a configuration that cannot be read')
  return config.data
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
