// bench/src/images/images.ts: what each component's image has above the base that all of them share.
import { allComponents } from '@fleet/ops/release/component-source'
import { imageSettings } from '@fleet/ops/release/dockerfile'
import { ociImage } from '@fleet/ops/release/oci-image'
import type { Bench } from '../bench.ts'

const MOST_MB = 10

export const bench: Bench = {
  how: 'the layers of the images that `fleet release publish` makes, without the base: not compressed, as a registry without compression and the disk of a device have them; the addon of aws-crt is one layer that all components share',
  async run(tell) {
    tell('bundling the components')
    const images = await Promise.all(
      (await allComponents()).map(async ({ folder, files, dockerfile }) => {
        const { blobs } = await ociImage({ files, settings: imageSettings(dockerfile), annotations: {} })
        return { folder, layers: blobs.slice(0, files.length) }
      }),
    )
    const together = new Map(images.flatMap(({ layers }) => layers.map(({ digest, bytes }) => [digest, bytes.byteLength] as const)))
    const megabytes = (sizes: Iterable<number>) => [...sizes].reduce((sum, bytes) => sum + bytes, 0) / 1e6
    return {
      figures: [
        ...images.map(({ folder, layers }) => ({ what: `${folder}: of its own above the base`, value: megabytes(layers.map(({ bytes }) => bytes.byteLength)), unit: 'MB', target: { atMost: MOST_MB } })),
        { what: `all ${images.length} components together above the base`, value: megabytes(together.values()), unit: 'MB', note: 'a layer that they share counts once' },
      ],
    }
  },
}
