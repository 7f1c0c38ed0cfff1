// e2e/captive-portal.ts: a network that first wants a person at a web page: until then it answers every connection itself, in HTTP.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface CaptivePortal extends AsyncDisposable {
  readonly port: number
  /** Somebody has been at its page: connections go where they should. */
  open(): void
}

const PAGE = 'HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'

export async function captivePortal(toPort: number): Promise<CaptivePortal> {
  const sockets = new Set<Socket>()
  let isOpen = false
  const server = createServer((near) => {
    const far = isOpen ? connect({ host: '127.0.0.1', port: toPort, noDelay: true }) : undefined
    for (const socket of far ? [near, far] : [near]) {
      sockets.add(socket)
      socket.on('error', () => {}) // «close» follows
      socket.on('close', () => (sockets.delete(socket), near.destroy(), far?.destroy()))
    }
    if (far) near.pipe(far).pipe(near)
    else near.once('data', () => near.end(PAGE))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port, // it listens on TCP
    open: () => (isOpen = true),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
