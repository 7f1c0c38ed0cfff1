// sandbox/src/site/nucleus/components/artifacts/unarchive.ts: unpacks a ZIP below a folder, and sets who may read and run what is in it.
import { chmod, lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { replaceFile } from '../../durable-file.ts'
import type { Artifact } from '../recipe.ts'

/** @throws Error for an entry that would lie outside the folder; then nothing is left of what was unpacked */
export async function unzipTo(folder: string, archive: string): Promise<void> {
  const { unzipSync } = await import('fflate') // few components need it
  try {
    for (const [name, content] of Object.entries(unzipSync(await readFile(archive)))) {
      const path = join(folder, name)
      if (!path.startsWith(`${folder}${sep}`)) throw new Error(`Entry is outside of the target dir: ${name}`)
      await mkdir(name.endsWith('/') ? path : dirname(path), { recursive: true })
      if (!name.endsWith('/')) replaceFile(path, content)
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** Folders can be entered by all; files as the recipe says, and their owner can always replace them. */
export async function setPermissions(path: string, { readableBy, executableBy }: Artifact): Promise<void> {
  if (!(await lstat(path)).isDirectory()) return chmod(path, 0o600 | (readableBy === 'ALL' ? 0o044 : 0) | { NONE: 0, OWNER: 0o100, ALL: 0o111 }[executableBy])
  await chmod(path, 0o755)
  for (const name of await readdir(path)) await setPermissions(join(path, name), { readableBy, executableBy } as Artifact) // only these two count
}
