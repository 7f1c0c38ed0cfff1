// sandbox/src/site/network-door.ts: the way to the Pi's network for its other processes (docker): a Unix socket that connects onward.
import { createServer, connect as connectTo, type Socket } from 'node:net'
import type { PiNetwork } from './network.ts'

/** The client's first line is `host:port`; the answer's first line is `+`, or `-` and why not; then bytes flow both ways. */
export async function openNetworkDoor(path: string, network: PiNetwork): Promise<AsyncDisposable> {
  const open = new Set<Socket>()
  const server = createServer((inner) => {
    open.add(inner)
    inner.once('close', () => open.delete(inner))
    inner.on('error', () => {}) // «close» follows
    firstLine(inner, (address) => passOn(inner, address, network))
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function passOn(inner: Socket, address: string, network: PiNetwork): void {
  const [, host = '', port = '0'] = /^(.*):(\d+)$/.exec(address) ?? []
  const outer = network.connect(host, Number(port))
  let connected = false
  outer.once('connect', () => {
    connected = true
    inner.write('+\n')
    inner.pipe(outer).pipe(inner)
  })
  outer.on('error', (error) => connected || inner.end(`-${error.message}\n`))
  // What has come in before the other side ended is still to be read; `pipe` ends the connection after it.
  outer.once('close', () => connected && !outer.readableEnded && inner.destroy())
  inner.once('close', () => outer.destroy())
}

/** A connection to `host:port` by the door at `path`, ready to write to. @throws Error with the network's own message */
export async function throughDoor(path: string, host: string, port: number): Promise<Socket> {
  const socket = connectTo(path)
  socket.write(`${host}:${port}\n`)
  const answer = await new Promise<string>((resolve, reject) => {
    socket.once('error', reject)
    socket.once('end', () => reject(new Error('the network door was shut')))
    firstLine(socket, resolve)
  })
  if (answer === '+') return socket
  socket.destroy()
  throw new Error(answer.slice(1))
}

const LONGEST_LINE = 300 // a host name has 253 characters at most

/** Hands over the first line; what came after it stays in the socket. */
function firstLine(socket: Socket, take: (line: string) => void): void {
  let text = ''
  const onReadable = () => {
    for (let byte = read(); byte !== undefined; byte = read()) {
      if (byte !== '\n') text += byte
      if (text.length > LONGEST_LINE) {
        socket.destroy(new Error('the first line is too long'))
        return
      }
      if (byte !== '\n') continue
      socket.off('readable', onReadable)
      return take(text)
    }
  }
  const read = () => (socket.read(1) as Buffer | null)?.toString('latin1') // a socket without encoding reads Buffers
  socket.on('readable', onReadable)
}
