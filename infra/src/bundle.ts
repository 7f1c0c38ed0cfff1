// infra/src/bundle.ts: one *.lambda.ts becomes the text of one CommonJS file, small enough to go inline: the diff of a release is the code.
import { createRequire } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { storedBundle, storeBundle } from './bundle-cache.ts'

const FOLDER = dirname(fileURLToPath(import.meta.url))

/** The AWS SDK is part of Lambda's Node.js runtime (Lambda guide, «Runtime-included SDK versions»). */
const IN_THE_RUNTIME = ['@aws-sdk/*', '@smithy/*']

/**
 * Bundles `entry`, a path in this folder, or takes what the very same sources gave before. The same source gives the same text on every
 * machine (no absolute paths, no time), so an unchanged function makes no diff. Refuses a handler that reaches Pulumi: it would carry the
 * whole engine's SDK to Lambda.
 */
export function bundle(entry: `${string}.lambda.ts`): string {
  const stored = storedBundle(entry)
  if (stored !== undefined) return stored
  const { inputs, text } = built(entry)
  const pulumi = inputs.filter((path) => path.includes('/@pulumi/'))
  if (pulumi.length > 0) throw new Error(`${relative(process.cwd(), FOLDER)}${sep}${entry} reaches Pulumi: ${pulumi.slice(0, 3).join(', ')}`)
  storeBundle(entry, text, inputs.map((path) => join(FOLDER, path)))
  return text
}

function built(entry: string): { readonly inputs: readonly string[]; readonly text: string } {
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild') // loaded when it is needed: it starts a thread and a process
  const { metafile, outputFiles } = buildSync({
    entryPoints: [entry],
    absWorkingDir: FOLDER,
    bundle: true,
    write: false,
    metafile: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    external: IN_THE_RUNTIME,
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'silent', // a failure is thrown, with the same text
  })
  return { inputs: Object.keys(metafile.inputs), text: outputFiles[0]?.text ?? '' }
}
