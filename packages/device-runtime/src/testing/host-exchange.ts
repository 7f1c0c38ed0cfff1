// packages/device-runtime/src/testing/host-exchange.ts: the folders by which a component and its host unit exchange files, and a component that is stopped and begun again.
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { folderStore, type FileStore } from '../files/file-store.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface HostExchange extends AsyncDisposable {
  /** What the component writes. */
  readonly files: FileStore
  /** What the host unit writes. */
  readonly host: FileStore
  /** Of the component's files. */
  readonly names: () => Promise<string[]>
}

export async function hostExchange(): Promise<HostExchange> {
  const folder = await temporaryFolder()
  const [own, hosts] = [join(folder.path, 'component'), join(folder.path, 'host')]
  for (const path of [own, hosts]) await mkdir(path)
  return { files: folderStore(own), host: folderStore(hosts), names: () => readdir(own), [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

export interface Restartable {
  begin(run: (signal: AbortSignal) => Promise<void>): void
  /** Resolves when it has ended. */
  stop(): Promise<void>
}

export function restartable(): Restartable {
  let over = new AbortController()
  let running: Promise<void> = Promise.resolve()
  return {
    begin(run) {
      over = new AbortController()
      running = run(over.signal)
    },
    async stop() {
      over.abort(new Error('stopped'))
      await running
    },
  }
}
