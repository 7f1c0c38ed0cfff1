// sandbox/src/site/board/board.ts: a simulated board: its GPIO chip as a socket (contract/board.ts), a light to see and a button to press.
import { chmod, mkdir, mkdtemp, readlink, rm, symlink } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { hrtime } from 'node:process'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as after } from 'node:timers/promises'
import { BoardRequest, type BoardMessage } from '@fleet/contract/board'
import { BETWEEN_PRESSES_MS, pressEdges, type Contacts } from './press.ts'
import { boardLines, type Edge, type Level, type Lines, type OwnedLine } from './lines.ts'

export interface Board extends AsyncDisposable {
  level(line: number): Level
  /** Whether a component listens to this line. */
  isHeard(line: number): boolean
  /** Pushes the button between this line and ground and lets go, with the bounce of real contacts unless they are clean. Resolves when it rests again. */
  press(line: number, contacts?: Contacts): Promise<void>
}

export interface BoardOptions {
  /** Where the chip shall stand, `<card>/dev/gpiochip0`: a symlink to the socket, whose own path must be short (sun_path: 108 bytes, 104 on macOS). */
  readonly path: string
  /** Sees every edge of every line. */
  readonly watch?: (edge: Edge) => void
}

export async function openBoard({ path, watch = () => {} }: BoardOptions): Promise<Board> {
  const lines = boardLines(monotonicMs, watch)
  const connections = new Set<Socket>()
  let finger = Promise.resolve() // one: who presses meanwhile presses next
  const server = createServer((socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
    serve(socket, lines)
  })
  const folder = await standAt(path, server)
  return {
    level: (line) => lines.level(line),
    isHeard: (line) => lines.isHeard(line),
    press: (line, contacts) => (finger = finger.then(() => press(lines, line, contacts))),
    async [Symbol.asyncDispose]() {
      for (const socket of connections) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      await rm(path, { force: true })
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const monotonicMs = () => Number(hrtime.bigint()) / 1e6

/** Puts the socket into a folder of its own and the symlink before it; what a power cut has left is cleared away. */
async function standAt(path: string, server: Server): Promise<string> {
  const left = await readlink(path).catch(() => undefined)
  if (left !== undefined) await rm(dirname(left), { recursive: true, force: true })
  await rm(path, { force: true })
  await mkdir(dirname(path), { recursive: true })
  const folder = await mkdtemp(join(tmpdir(), 'fleet-gpio-'))
  const socket = join(folder, 'chip')
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve))
  await chmod(folder, 0o755)
  await chmod(socket, 0o666) // components run with uids of their own
  await symlink(socket, path)
  return folder
}

function serve(socket: Socket, lines: Lines): void {
  let own: OwnedLine | undefined
  const say = (message: BoardMessage) => void socket.write(`${JSON.stringify(message)}\n`)
  const refuse = (why: string) => socket.end(`${JSON.stringify({ say: 'refused', why } satisfies BoardMessage)}\n`)
  socket.on('error', () => {}) // «close» follows, and releases the line
  socket.on('close', () => own?.release())
  createInterface({ input: socket }).on('line', (text) => {
    const request = BoardRequest.safeParse(json(text)).data
    if (request === undefined) return refuse(`«${text.slice(0, 100)}» is no request`)
    if (request.ask === 'set') return own?.set(request.level)
    if (own !== undefined) return refuse('this connection has opened its line already')
    own =
      request.ask === 'open-input'
        ? lines.openInput(request.line, request.bias, ({ level, atMs }) => say({ say: 'edge', level, atMs }))
        : lines.openOutput(request.line, request.level)
    if (own === undefined) return refuse(`line ${request.line} is in use`)
    say({ say: 'opened' })
  })
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // which no request is
  }
}

async function press(lines: Lines, line: number, contacts?: Contacts): Promise<void> {
  for (const { afterMs, closed } of pressEdges(contacts)) {
    if (afterMs > 0) await after(afterMs)
    lines.ground(line, closed)
  }
  await after(BETWEEN_PRESSES_MS)
}
