// sandbox/src/site/nucleus/ipc/server.ts: the socket that components connect to.
import { createHash } from 'node:crypto'
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Log } from '@fleet/log'
import { makeFolder } from '../durable-file.ts'
import { serveConnection } from './connection.ts'
import type { IpcOperations } from './operation.ts'

export interface IpcServer {
  readonly close: () => Promise<void>
}

export interface IpcServerOptions {
  readonly path: string
  readonly operations: IpcOperations
  readonly log: Log
  readonly componentOf: (token: string) => string | undefined
}

const LONGEST_PATH = 103 // sun_path has 104 bytes on macOS, 108 on Linux, one of them the end

/** The nucleus would go round a long path by a relative one; a simulated card's own path is often too long for any. */
export function socketPath(wanted: string): string {
  if (Buffer.byteLength(wanted) <= LONGEST_PATH) return wanted
  return join(tmpdir(), `greengrass-${createHash('sha256').update(wanted).digest('hex').slice(0, 16)}.socket`)
}

export async function openIpcServer({ path, operations, log, componentOf }: IpcServerOptions): Promise<IpcServer> {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    serveConnection({ socket, operations, log, componentOf })
  })
  makeFolder(dirname(path))
  rmSync(path, { force: true }) // of a nucleus that was killed
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
  chmodSync(path, 0o666) // components run as any user
  return {
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
