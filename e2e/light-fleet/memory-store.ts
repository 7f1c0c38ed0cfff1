// e2e/light-fleet/memory-store.ts: files of a light Pi in memory: a thousand of them shall not measure this machine's disk.
import type { FileStore } from '@fleet/device-runtime/files/file-store'

/** @param onChange hears each new text, after it is there */
export function memoryStore(onChange: (name: string, text: string) => void = () => undefined): FileStore {
  const files = new Map<string, string>()
  return {
    read: (name) => Promise.resolve(files.get(name)),
    replace(name, text) {
      files.set(name, text)
      onChange(name, text)
      return Promise.resolve()
    },
    remove(name) {
      files.delete(name)
      return Promise.resolve()
    },
    setAside(name) {
      files.delete(name)
      return Promise.resolve(`${name}.unreadable`)
    },
  }
}
