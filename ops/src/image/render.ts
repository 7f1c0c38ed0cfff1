// ops/src/image/render.ts: what was pinned, built or fetched, in words.
import type { Paint } from '../shell/paint.ts'
import type { PinStep } from './pin.ts'
import type { BuiltImage } from './stored-image.ts'

export const renderPinned = (steps: readonly PinStep[], paint: Paint): string =>
  [...steps.map((step) => pinned(step, paint)), '', 'Look at the change of os-image/versions.json, and commit it.'].join('\n')

function pinned({ name, sha256, was, confirmedBy }: PinStep, paint: Paint): string {
  const sign = was === sha256 ? paint('dim', '= keep  ') : paint('yellow', '~ change')
  return `${sign} ${name} ${sha256}${confirmedBy === undefined ? ' (its publisher names no digest)' : ` (as ${confirmedBy} says)`}`
}

const MIB = 1024 * 1024

export const renderBuilt = ({ folder, manifest: { image, sbom, stage, flavour, builtAt } }: BuiltImage, paint: Paint): string =>
  [
    `${paint('green', 'done:')} image of stage ${stage}, ${flavour}, built ${builtAt}`,
    `  ${folder}/${image.name}  ${(image.bytes / MIB).toFixed(1)} MiB`,
    `  sha256 ${image.sha256}`,
    `  ${folder}/${sbom.name}`,
    'It carries the claim of its stage: give it to nobody who may not add devices.',
  ].join('\n')
