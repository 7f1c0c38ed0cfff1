// bench/src/control-plane/moto.ts: moto as a server, from a Python environment that is made once in .cache/.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pythonEnvironment } from '../../../e2e/outsiders/python-environment.ts'

export interface Moto extends AsyncDisposable {
  readonly url: string
  readonly pid: number
  /** From the command to the first answer. */
  readonly readySeconds: number
}

const REQUIREMENTS = fileURLToPath(new URL('./requirements.txt', import.meta.url))
const PATIENCE_MS = 60_000

/** Or why it cannot be had here. */
export async function openMoto(): Promise<Moto | string> {
  const python = await pythonEnvironment(REQUIREMENTS)
  if (python.kind === 'missing') return python.why
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const began = performance.now()
  const child = spawn(join(python.bin, 'python'), [join(python.bin, 'moto_server'), '-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  process.once('exit', () => child.kill('SIGKILL'))
  const ended = once(child, 'exit')
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() - began > PATIENCE_MS) throw new Error('moto_server does not start')
    await after(20)
  }
  return {
    ...{ url, pid: child.pid ?? 0, readySeconds: (performance.now() - began) / 1000 },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

const answers = (url: string) => fetch(`${url}/moto-api/data.json`).then(({ ok }) => ok, () => false)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on TCP
  server.close()
  await once(server, 'close')
  return port
}
