// packages/device-runtime/src/files/file-store.ts: a component's own folder: small files that are whole, whenever the power goes.
import { join } from 'node:path'
import { nodeFiles, type FileSystem } from './file-system.ts'

export interface FileStore {
  /** The text of a file, undefined when there is none. */
  read(name: string): Promise<string | undefined>
  /** Afterwards the file has this text, for good; cut off at any instant it has the old text or the new. */
  replace(name: string, text: string): Promise<void>
  /** Afterwards there is no such file, for good. */
  remove(name: string): Promise<void>
  /** Renames an unreadable file for a person to look at; answers the new name. */
  setAside(name: string): Promise<string>
}

export function folderStore(folder: string, fileSystem: FileSystem = nodeFiles): FileStore {
  return {
    async read(name) {
      try {
        return await nodeFiles.readFile(join(folder, name), 'utf8')
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
    },
    replace: (name, text) => replaceFile(folder, name, text, fileSystem),
    async remove(name) {
      await nodeFiles.unlink(join(folder, name)).catch((error: unknown) => {
        if (!isMissing(error)) throw error
      })
      await flushFolder(folder, fileSystem)
    },
    async setAside(name) {
      const aside = `${name}.unreadable`
      await fileSystem.rename(join(folder, name), join(folder, aside))
      await flushFolder(folder, fileSystem)
      return aside
    },
  }
}

/**
 * The new content is on the disk before it takes the name (fsync, then rename), and the name is on the disk before we return (fsync of
 * the folder): rename(2) is atomic, but neither it nor write(2) is durable by itself.
 */
async function replaceFile(folder: string, name: string, text: string, fileSystem: FileSystem): Promise<void> {
  const temporary = join(folder, `${name}.tmp`)
  await using file = await fileSystem.open(temporary, 'w', 0o600)
  await file.writeFile(text)
  await file.sync()
  await fileSystem.rename(temporary, join(folder, name))
  await flushFolder(folder, fileSystem)
}

async function flushFolder(folder: string, fileSystem: FileSystem): Promise<void> {
  await using handle = await fileSystem.open(folder, 'r')
  await handle.sync()
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT'
