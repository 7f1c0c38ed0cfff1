// os-image/test/uefi/release.ts: the components as a board in QEMU can run them: in whole images, with more time to start.
import { allComponents } from '@fleet/ops/release/component-source'
import { plainOci } from '@fleet/ops/release/plain-oci'

/** Seconds of a recipe's `Timeout`: emulated, on a machine that has other work, a minute is nothing. */
const PATIENCE_S = 900

/** @param nodeLayer a tar: the sandbox's own Pis bring their Node with them; this board has it from the images, as a real one */
export const releaseOn = (nodeLayer: Uint8Array) => ({
  builder: plainOci([nodeLayer]),
  sources: async () => (await allComponents()).map((source) => ({ ...source, recipe: source.recipe.replaceAll(/Timeout: \d+/g, `Timeout: ${PATIENCE_S}`) })),
})
