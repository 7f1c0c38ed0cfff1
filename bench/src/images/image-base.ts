// bench/src/images/image-base.ts: what the image of every component stands on, weighed.
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bench } from '../bench.ts'

const run = promisify(execFile)

export const bench: Bench = {
  how: "the files that components/Dockerfile copies below every component, laid together for arm64 without a container engine: Node of the pinned version from its npm package, without its symbols, libgpiod's tools, and the libraries that these name, from Debian; needs mmdebstrap, llvm-strip, readelf, npm's registry and a Debian mirror",
  async run(tell) {
    const cache = await mkdtemp(join(tmpdir(), 'fleet-bench-base-'))
    const base = join(cache, 'base')
    tell('taking Node from npm and libraries from Debian')
    try {
      await run('sh', [join(import.meta.dirname, 'base.sh'), cache, process.versions.node, base])
    } catch (error) {
      return { figures: [], skipped: `the base cannot be laid together here: ${lastLine(error)}` }
    }
    const files = await sizes(base)
    const node = files.get(join(base, 'usr/local/bin/node')) ?? NaN
    const all = [...files.values()].reduce((sum, bytes) => sum + bytes, 0)
    return {
      figures: [
        { what: 'base of all components, unpacked', value: all / 1e6, unit: 'MB', target: { atMost: 110 }, note: `${files.size} files` },
        { what: 'base of all components: Node alone', value: node / 1e6, unit: 'MB' },
      ],
    }
  },
}

/** Bytes of each file. */
async function sizes(folder: string): Promise<ReadonlyMap<string, number>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return new Map(await Promise.all(files.map(async (path) => [path, (await stat(path)).size] as const)))
}

function lastLine(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
  return said.split('\n').at(-1) ?? String(error)
}
