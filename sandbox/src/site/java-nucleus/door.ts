// sandbox/src/site/java-nucleus/door.ts: a port of this machine behind which the network of one Pi begins, for a program that knows nothing of it.
import { randomInt } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import type { PiNetwork } from '../network.ts'
import { hasCode } from '../system-error.ts'

export interface Place {
  readonly host: string
  readonly port: number
}

export interface Door extends AsyncDisposable {
  /** At 127.0.0.1. */
  readonly port: number
}

/** Passes each connection on to `place` through the Pi's network; while that is cut, it closes them at once. */
export async function openDoor(network: Pick<PiNetwork, 'connect'>, place: Place): Promise<Door> {
  const open = new Set<Socket>()
  const server = createServer((inner) => {
    const outer = network.connect(place.host, place.port)
    for (const [one, other] of [[inner, outer] as const, [outer, inner] as const]) {
      open.add(one)
      one.on('error', () => {}) // «close» follows
      one.once('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  const port = await listen(server)
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

// The nucleus keeps its MQTT port in a signed short, and a port that the system chooses is mostly above that.
const [LOWEST_PORT, HIGHEST_PORT] = [16_384, 32_767]
const MOST_TRIES = 50

async function listen(server: Server): Promise<number> {
  for (let tries = 1; ; tries++) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT + 1)
    try {
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', () => resolve(void server.off('error', reject))))
      return port
    } catch (error) {
      if (!hasCode(error, 'EADDRINUSE') || tries === MOST_TRIES) throw error
    }
  }
}
