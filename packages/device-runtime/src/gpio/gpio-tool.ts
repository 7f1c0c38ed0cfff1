// packages/device-runtime/src/gpio/gpio-tool.ts: runs a tool of libgpiod that holds a line for as long as it lives.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { LineLoss } from './line-loss.ts'

export interface RunToolOptions {
  readonly command: 'gpiomon' | 'gpioset'
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Each line of output after the banner. */
  readonly onLine?: (text: string) => void
  /** Told when the tool ends without having been stopped. */
  readonly loss: LineLoss
}

export interface Tool {
  /** Ends the tool, which gives the line back. */
  readonly stop: () => Promise<void>
}

/** Resolves when the tool holds the line: with `--banner` it says so; rejects with its own words when it cannot. */
export async function runTool({ command, args, env, onLine, loss }: RunToolOptions): Promise<Tool> {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let stopping = false
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  const ended = new Promise<void>((resolve) => {
    const end = (why: string) => {
      if (!stopping) loss.lose(why)
      resolve()
    }
    child.on('error', (error) => end(`cannot run ${command}: ${error.message}`))
    child.on('close', (code) => end(complaint.trim() || `${command} ended with ${code}`))
  })
  await new Promise<void>((resolve, reject) => {
    const forget = loss.onLost(reject)
    const banner = () => (forget(), resolve())
    let lines = 0
    createInterface({ input: child.stdout }).on('line', (text) => (lines++ === 0 ? banner() : onLine?.(text)))
  })
  return {
    async stop() {
      stopping = true
      child.kill('SIGTERM')
      await ended
    },
  }
}
