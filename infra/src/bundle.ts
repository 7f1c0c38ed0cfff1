// infra/src/bundle.ts: one *.lambda.ts becomes the text of one CommonJS file, small enough to go inline: the diff of a release is the code.
import { dirname, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const FOLDER = dirname(fileURLToPath(import.meta.url))

/** The AWS SDK is part of Lambda's Node.js runtime (Lambda guide, «Runtime-included SDK versions»). */
const IN_THE_RUNTIME = ['@aws-sdk/*', '@smithy/*']

/**
 * Bundles `entry`, a path in this folder. The same source gives the same text on every machine (no absolute paths, no time), so an
 * unchanged function makes no diff. Refuses a handler that reaches Pulumi: it would carry the whole engine's SDK to Lambda.
 */
export function bundle(entry: `${string}.lambda.ts`): string {
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
  const pulumi = Object.keys(metafile.inputs).filter((path) => path.includes('/@pulumi/'))
  if (pulumi.length > 0) throw new Error(`${relative(process.cwd(), FOLDER)}${sep}${entry} reaches Pulumi: ${pulumi.slice(0, 3).join(', ')}`)
  return outputFiles[0]?.text ?? ''
}
