// os-image/test/uefi/visitor.ts: who stands beside the board in QEMU: sees its light, presses its button, has it looked after and measured.
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Seen } from '@fleet/sandbox/site/board/light'
import type { FromBoard, Script, ToBoard } from '@fleet/sandbox/site/own-core/board-words'
import { withPatience } from './patience.ts'

export interface Visitor extends AsyncDisposable {
  /** Where the board finds the visitor, on this machine's loopback. */
  readonly port: number
  /** Resolves when the light looks so. */
  readonly sees: (what: string, looks: (seen: Seen) => boolean) => Promise<Seen>
  /** Resolves when the finger rests again; it waits for the component that listens. */
  readonly press: () => Promise<void>
  /** Name → value with its unit, as the script in guest/ prints them. */
  readonly run: (script: Script) => Promise<ReadonlyMap<string, string>>
}

export async function visitor(): Promise<Visitor> {
  let board: Socket | undefined
  let seen: Seen | undefined
  const listeners = new Set<(message: FromBoard) => void>()
  const server = createServer((socket) => {
    board = socket
    seen = undefined
    socket.on('error', () => {}) // the power was cut
    createInterface({ input: socket }).on('line', (line) => {
      const message = JSON.parse(line) as FromBoard // our own program's words
      if (message.tell === 'light') seen = message.seen
      for (const listener of listeners) listener(message)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  /** Resolves with the first answer that is not undefined; looks at each message. */
  const hear = <Heard>(what: string, choose: (message?: FromBoard) => Heard | undefined) =>
    withPatience<Heard>(what, (resolve) => {
      const listener = (message?: FromBoard) => {
        const heard = choose(message)
        if (heard !== undefined) resolve(heard)
      }
      listeners.add(listener)
      listener()
      return () => listeners.delete(listener)
    })
  const ask = (question: ToBoard) => void board?.write(`${JSON.stringify(question)}\n`)
  return {
    port: (server.address() as AddressInfo).port, // it listens on TCP
    sees: (what, looks) => hear(`the light to be ${what}`, () => (seen !== undefined && looks(seen) ? seen : undefined)),
    async press() {
      ask({ ask: 'press' })
      await hear('the button to be pressed', (message) => (message?.tell === 'pressed' ? true : undefined))
    },
    async run(script) {
      ask({ ask: script })
      const lines = await hear(`what ${script}.sh prints`, (message) => (message?.tell === 'printed' ? message.lines : undefined))
      return new Map(lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]))
    },
    async [Symbol.asyncDispose]() {
      board?.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}
