// packages/device-runtime/src/files/file-store.test.ts: a replaced file is whole, whenever the power goes.
import { open, readdir, rename, writeFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { folderStore } from './file-store.ts'
import type { FileSystem } from './file-system.ts'

test('reads what was written, and nothing where nothing is', async () => {
  await using folder = await temporaryFolder()
  const files = folderStore(folder.path)
  expect(await files.read('a.json')).toBeUndefined()
  await files.replace('a.json', 'one')
  await files.replace('a.json', 'two')
  expect(await files.read('a.json')).toBe('two')
  expect(await readdir(folder.path)).toEqual(['a.json'])
})

test('the content is on the disk before it takes the name, the name before we return', async () => {
  await using folder = await temporaryFolder()
  const { fileSystem, steps } = watched()
  await folderStore(folder.path, fileSystem).replace('a.json', 'text')
  expect(steps).toEqual(['open a.json.tmp', 'write a.json.tmp', 'sync a.json.tmp', 'rename a.json.tmp', 'open folder', 'sync folder'])
})

test.each([1, 2, 3, 4, 5, 6])('the power goes before step %i: the file is the old or the new one, and can be written again', async (step) => {
  await using folder = await temporaryFolder()
  await folderStore(folder.path).replace('a.json', 'old')
  const { fileSystem } = watched(step)
  await expect(folderStore(folder.path, fileSystem).replace('a.json', 'new')).rejects.toThrow('power cut')
  expect(await folderStore(folder.path).read('a.json')).toBe(step <= 4 ? 'old' : 'new')
  await folderStore(folder.path).replace('a.json', 'newer')
  expect(await folderStore(folder.path).read('a.json')).toBe('newer')
})

test('an unreadable file is set aside, not lost', async () => {
  await using folder = await temporaryFolder()
  const files = folderStore(folder.path)
  await writeFile(join(folder.path, 'a.json'), '{"broken')
  expect(await files.setAside('a.json')).toBe('a.json.unreadable')
  expect(await files.read('a.json')).toBeUndefined()
  expect(await files.read('a.json.unreadable')).toBe('{"broken')
})

/** The real file system, with a record of what was asked, and a power cut before the step with this number. */
function watched(cutBefore = Infinity): { fileSystem: FileSystem; steps: string[] } {
  const steps: string[] = []
  const step = (name: string) => {
    if (steps.push(name) >= cutBefore) throw new Error('power cut')
  }
  const handle = (file: FileHandle, name: string) =>
    new Proxy(file, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property, target)
        if (typeof value !== 'function') return value
        const named = property === 'writeFile' ? 'write' : property === 'sync' ? 'sync' : undefined
        return (...args: unknown[]) => {
          if (named !== undefined) step(`${named} ${name}`)
          return Reflect.apply(value, target, args) as unknown
        }
      },
    })
  const fileSystem = {
    async open(...args: Parameters<typeof open>) {
      const name = String(args[0]).endsWith('.tmp') ? 'a.json.tmp' : 'folder'
      step(`open ${name}`)
      return handle(await open(...args), name)
    },
    async rename(...args: Parameters<typeof rename>) {
      step('rename a.json.tmp')
      await rename(...args)
    },
  }
  return { fileSystem, steps }
}
