// packages/device-runtime/src/testing/board-server.ts: the other end of the board socket (contract/board.ts), as small as a test of its clients needs.
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { BoardRequest, type BoardMessage } from '@fleet/contract/board'
import { systemClock } from '../clock.ts'
import type { Edge, Level } from '../gpio/gpio.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface BoardServer extends AsyncDisposable {
  readonly path: string
  /** The level of an input changes now. */
  readonly input: (line: number, level: Level) => void
  /** Each level that an output was set to. */
  readonly shown: (line: number) => readonly Edge[]
  /** What the holder of the line asked for; undefined while nobody holds it. */
  readonly holder: (line: number) => BoardRequest | undefined
  /** Ends the holder's connection, as a board does that loses its power. */
  readonly drop: (line: number) => void
}

interface Holder {
  readonly request: BoardRequest
  readonly socket: Socket
}

export async function boardServer(): Promise<BoardServer> {
  const clock = systemClock()
  const folder = await temporaryFolder()
  const path = join(folder.path, 'gpiochip0')
  const holders = new Map<number, Holder>()
  const shown = new Map<number, Edge[]>()
  const sockets = new Set<Socket>()
  const show = (line: number, level: Level) => {
    const levels = shown.get(line) ?? []
    shown.set(line, levels)
    levels.push({ level, atMs: clock.monotonicMs() })
  }

  const server = createServer((socket) => {
    sockets.add(socket)
    let line: number | undefined
    createInterface({ input: socket }).on('line', (text) => {
      const request = BoardRequest.parse(JSON.parse(text))
      if (request.ask === 'set') return show(line ?? -1, request.level)
      if (holders.has(request.line)) return void socket.end(said({ say: 'refused', why: 'Device or resource busy' }))
      line = request.line
      holders.set(line, { request, socket })
      if (request.ask === 'open-output') show(line, request.level)
      socket.write(said({ say: 'opened' }))
    })
    socket.on('error', () => socket.destroy())
    socket.on('end', () => line !== undefined && holders.delete(line))
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return {
    path,
    input: (line, level) => void holders.get(line)?.socket.write(said({ say: 'edge', level, atMs: clock.monotonicMs() })),
    shown: (line) => shown.get(line) ?? [],
    holder: (line) => holders.get(line)?.request,
    drop: (line) => holders.get(line)?.socket.destroy(),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      await folder[Symbol.asyncDispose]()
    },
  }
}

const said = (message: BoardMessage) => `${JSON.stringify(message)}\n`
