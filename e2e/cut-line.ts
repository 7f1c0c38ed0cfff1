// e2e/cut-line.ts: a line to the broker that is cut after so many TLS records: at each step of whatever is said over it.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface CutLine extends AsyncDisposable {
  readonly port: number
  /** Records that passed before the line was cut, of each connection that was. */
  readonly cuts: readonly number[]
}

/** `records`: how many may pass, of the next connection; undefined leaves it whole. Both directions are counted together. */
export async function cutLine(toPort: number, records: () => number | undefined): Promise<CutLine> {
  const open = new Set<Socket>()
  const cuts: number[] = []
  const server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port: toPort, noDelay: true })
    const most = records() ?? Infinity
    let passed = 0
    const end = () => {
      near.destroy()
      far.destroy()
    }
    const pass = (from: Socket, to: Socket) => {
      let rest = Buffer.alloc(0)
      from.on('data', (bytes: Buffer) => {
        rest = Buffer.concat([rest, bytes])
        for (let record = recordIn(rest); record !== undefined; record = recordIn(rest)) {
          if (passed === most) {
            cuts.push(passed)
            passed++ // once
            return end()
          }
          passed++
          to.write(record)
          rest = rest.subarray(record.length)
        }
      })
    }
    pass(near, far)
    pass(far, near)
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('error', () => {}) // «close» follows
      socket.on('close', () => (open.delete(socket), end()))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port, // it listens on TCP
    cuts,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const HEADER = 5 // type, version, length (RFC 8446 §5.1)

/** The first whole record. */
function recordIn(bytes: Buffer): Buffer | undefined {
  if (bytes.length < HEADER) return undefined
  const length = HEADER + bytes.readUInt16BE(3)
  return bytes.length < length ? undefined : bytes.subarray(0, length)
}
