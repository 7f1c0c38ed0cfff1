// ops/src/image/tool.ts: runs one of the programs that build an image, and tells what it said last when it fails.
import { spawn } from 'node:child_process'
import { FleetError } from '@fleet/contract/errors'

export interface ToolOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Each line that it prints. */
  readonly onLine?: (line: string) => void
}

const LAST_LINES = 12

/** Resolves to what it printed on stdout. @throws FleetError IMAGE_BUILD_FAILED */
export async function runTool(command: string, args: readonly string[], { cwd, env, onLine }: ToolOptions = {}): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd, env: { ...process.env, ...env } })
  let printed = ''
  const lines: string[] = []
  const hear = (text: string) => {
    for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
      lines.push(line)
      onLine?.(line)
    }
    lines.splice(0, lines.length - LAST_LINES)
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    hear(text)
  })
  child.stderr.setEncoding('utf8').on('data', hear)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause) => reject(failed(command, 'it cannot be started', cause)))
    child.once('close', resolve)
  })
  if (code !== 0) throw failed(command, lines.join('\n') || `exit code ${String(code)}`)
  return printed
}

const failed = (command: string, why: string, cause?: unknown) => new FleetError('IMAGE_BUILD_FAILED', `${command} failed: ${why}`, 'docs/IMAGE.md lists what this machine needs; then run the same again: what was downloaded is kept.', { cause })
