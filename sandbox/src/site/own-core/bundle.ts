// sandbox/src/site/own-core/bundle.ts: what another machine needs to run the sandbox's nucleus and a simulated board under its own Node: two files of JavaScript.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const entry = (name: string) => fileURLToPath(new URL(`./${name}.ts`, import.meta.url))

/** Writes `core.cjs` and `board.cjs`. */
export async function bundleOwnCore(outFolder: string): Promise<void> {
  const common = { bundle: true, platform: 'node', target: 'node24', format: 'cjs', legalComments: 'none', logLevel: 'error' } as const
  await build({ ...common, entryPoints: [entry('core-main')], outfile: join(outFolder, 'core.cjs') })
  await build({ ...common, entryPoints: [entry('board-main')], outfile: join(outFolder, 'board.cjs') })
}
