// e2e/terminal.ts: the sandbox in a real (pseudo-)terminal, as a person starts it: what the screen was told, and keys.
import { spawn } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'
import { SANDBOX_MAIN, type End } from './sandbox-process.ts'

export interface InTerminal extends AsyncDisposable {
  /** Of the program that holds the terminal; the sandbox is its child. */
  readonly pid: number
  /** All that was printed, without colours and movements: lines that stay current appear as often as they changed. */
  text(): string
  /** Ctrl-C is U+0003. */
  type(keys: string): void
  readonly ended: Promise<End>
}

/** `script` of util-linux takes the command as one word, that of macOS as several. */
const inScript = (command: readonly string[]): string[] =>
  process.platform === 'darwin' ? ['-q', '/dev/null', ...command] : ['-qefc', `exec ${command.map((word) => `'${word}'`).join(' ')}`, '/dev/null'] // a shell that stayed would die of Ctrl-C, and its end be told instead

export function startInTerminal(words: readonly string[]): InTerminal {
  const child = spawn('script', inScript([process.execPath, SANDBOX_MAIN, ...words]), { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, TERM: 'xterm-256color' } })
  let shown = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text))
  const ended = new Promise<End>((resolve) => child.once('close', (code, signal) => resolve({ how: code ?? signal })))
  return {
    pid: child.pid ?? 0,
    text: () => stripVTControlCharacters(shown),
    type: (keys) => void child.stdin.write(keys),
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGHUP') // as closing the window
      await ended
    },
  }
}
