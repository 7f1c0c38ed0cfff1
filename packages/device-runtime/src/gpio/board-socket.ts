// packages/device-runtime/src/gpio/board-socket.ts: GPIO lines of a simulated board, over its socket (contract/board.ts).
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { BoardMessage, type BoardRequest } from '@fleet/contract/board'
import type { Clock } from '../clock.ts'
import { queue } from '../queue.ts'
import type { Edge, Gpio, InputLine, OutputLine } from './gpio.ts'
import { levelDriver } from './level-driver.ts'
import { lineEdges } from './line-edges.ts'
import { lineLoss, type LineLoss } from './line-loss.ts'

export const boardSocket = (path: string, clock: Clock): Gpio => ({
  openInput: (line, { bias }) => openInput(path, line, { ask: 'open-input', line, bias }),
  openOutput: async (line) => {
    const loss = lineLoss(line)
    return output(await openLine(path, { ask: 'open-output', line, level: 0 }, { loss }), { clock, loss })
  },
})

async function openInput(path: string, line: number, request: BoardRequest): Promise<InputLine> {
  const edges = queue<Edge>()
  const loss = lineLoss(line)
  loss.onLost((error) => edges.end(error))
  const connection = await openLine(path, request, { loss, onEdge: edges.push })
  return { edges: (signal) => lineEdges(edges, loss, signal), [Symbol.asyncDispose]: connection.close }
}

interface Connection {
  readonly send: (request: BoardRequest) => void
  readonly close: () => Promise<void>
}

/** One connection is one line (contract/board.ts). Resolves when the board has given us the line. */
async function openLine(path: string, request: BoardRequest, { loss, onEdge }: { loss: LineLoss; onEdge?: (edge: Edge) => void }): Promise<Connection> {
  const socket = connect(path)
  let closing = false
  const lose = (why: string) => closing || loss.lose(why)
  socket.on('error', (error) => lose(error.message))
  socket.on('close', () => lose('the board has ended the connection'))
  const send = (message: BoardRequest) => void socket.write(`${JSON.stringify(message)}\n`)
  send(request)
  await new Promise<void>((resolve, reject) => {
    const forget = loss.onLost(reject)
    listen(socket, (message) => {
      if (message.say === 'opened') return forget(), resolve()
      if (message.say === 'refused') lose(message.why)
      else onEdge?.({ level: message.level, atMs: message.atMs })
    })
  })
  return {
    send,
    async close() {
      closing = true
      if (socket.closed) return
      socket.end()
      await once(socket, 'close')
    },
  }
}

function listen(socket: Socket, onMessage: (message: BoardMessage) => void): void {
  createInterface({ input: socket }).on('line', (text) => {
    const message = BoardMessage.safeParse(json(text))
    if (message.success) onMessage(message.data)
    else socket.destroy(new Error(`the board said «${text.slice(0, 100)}»`))
  })
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // which no message is
  }
}

function output({ send, close }: Connection, { clock, loss }: { clock: Clock; loss: LineLoss }): OutputLine {
  const driver = levelDriver({ clock, loss, set: (level) => send({ ask: 'set', level }) })
  return {
    drive: driver.drive,
    watch: (signal) => loss.watch(signal),
    async [Symbol.asyncDispose]() {
      await driver.stop()
      await close()
    },
  }
}
