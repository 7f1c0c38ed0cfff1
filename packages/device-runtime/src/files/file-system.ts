// packages/device-runtime/src/files/file-system.ts: what a folder of small files asks of the file system.
import { close, fsync, open, readFile, rename, unlink, writeFile } from 'node:fs'
import { promisify } from 'node:util'

/** A test cuts the power between any two of these. `node:fs/promises` is one, too. */
export interface FileSystem {
  open(path: string, flags: 'r' | 'w', mode?: number): Promise<OpenFile>
  rename(from: string, to: string): Promise<void>
}

export interface OpenFile extends AsyncDisposable {
  writeFile(text: string): Promise<void>
  sync(): Promise<void>
}

const [opened, written, synced, closed] = [promisify(open), promisify(writeFile), promisify(fsync), promisify(close)]

/** `node:fs/promises` would bring Node's line editor and watchers into the memory of every component. */
export const nodeFiles = {
  async open(path, flags, mode) {
    const file = await opened(path, flags, mode)
    return { writeFile: (text) => written(file, text), sync: () => synced(file), [Symbol.asyncDispose]: () => closed(file) }
  },
  rename: promisify(rename),
  unlink: promisify(unlink),
  readFile: promisify(readFile),
} satisfies FileSystem & Record<string, unknown>
