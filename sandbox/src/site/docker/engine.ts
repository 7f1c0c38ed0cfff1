// sandbox/src/site/docker/engine.ts: the docker engine of a simulated Pi: carries out in the Pi's process what its `docker` commands ask for.
import { execFile } from 'node:child_process'
import { constants, openSync } from 'node:fs'
import { open, readFile, rm, type FileHandle } from 'node:fs/promises'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as after } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Log } from '@fleet/log'
import { quotedForShell } from '../stand-ins/shell-quoting.ts'
import { hasCode } from '../system-error.ts'
import { obeyDocker, type DockerAnswer } from './docker-command.ts'
import { answerPipe, DOCKER_DOOR } from './engine-door.ts'
import { isAlive } from './process-identity.ts'

const OPENS_MS = 2 // its reader is about to open it

/**
 * The other half is the shell script `docker` (stand-ins.ts). Real docker, too, is a small client of an engine; here a Node process for each
 * of the nucleus's many calls would be a third of the time in which a Pi joins. Nothing is started where there is no /proc: there each
 * `docker` does its work itself.
 */
export async function openDockerEngine(runFolder: string, log: Log): Promise<AsyncDisposable> {
  const door = join(runFolder, DOCKER_DOOR)
  await promisify(execFile)('mkfifo', ['-m', '600', door])
  const asked = new Socket({ fd: openSync(door, constants.O_RDWR | constants.O_NONBLOCK), readable: true, writable: false }) // with a writer of its own it never ends
  createInterface({ input: asked }).on('line', (line) => {
    answer(Number(line), { runFolder, log }).catch((error: unknown) => log.error('docker cannot be answered', { error }))
  })
  return {
    async [Symbol.asyncDispose]() {
      asked.destroy()
      await rm(door, { force: true })
    },
  }
}

async function answer(pid: number, { runFolder, log }: { readonly runFolder: string; readonly log: Log }): Promise<void> {
  const pipe = join(runFolder, answerPipe(pid))
  try {
    const { words, environment } = await calledWith(pid)
    const script = words.includes('--password-stdin') ? DO_IT_YOURSELF : await scriptFor(pid, words, environment).catch((error: unknown) => failed(error, log))
    await give(pipe, pid, script)
  } finally {
    await rm(pipe, { force: true })
  }
}

/** Only the process itself has its standard input. */
const DO_IT_YOURSELF = ':\n'

/** A mistake of ours: its client must not wait for ever. */
function failed(error: unknown, log: Log): string {
  log.error('docker has failed', { error })
  return `echo 'Error response from daemon: the engine has failed; its Pi has told why' >&2\nexit 1\n`
}

/** What its client does then, in the shell's words. */
async function scriptFor(pid: number, words: readonly string[], environment: Readonly<Record<string, string>>): Promise<string> {
  const said: string[] = []
  const print = (line: string) => void said.push(`printf '%s\\n' ${quotedForShell(line)}`)
  const warn = (line: string) => void said.push(`printf '%s\\n' ${quotedForShell(line)} >&2`)
  const ended = await obeyDocker({ words, environment, pid, print, warn })
  return `${[...said, last(ended)].join('\n')}\n`
}

function last(answer: DockerAnswer): string {
  if ('code' in answer) return `exit ${answer.code}`
  const { folder, environment, file, words } = answer.becomes
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  return `cd ${quotedForShell(folder)} && exec env -i ${[...variables, file, ...words.slice(1)].map(quotedForShell).join(' ')}`
}

/** proc(5): `/bin/sh`, the script, its words; and its environment. Both are as they were when it was started. */
async function calledWith(pid: number): Promise<{ readonly words: readonly string[]; readonly environment: Readonly<Record<string, string>> }> {
  const [words, variables] = await Promise.all(['cmdline', 'environ'].map(async (name) => (await readFile(`/proc/${pid}/${name}`, 'utf8')).split('\0').slice(0, -1)))
  const environment = (variables ?? []).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const)
  return { words: (words ?? []).slice(2), environment: Object.fromEntries(environment) }
}

/** A client that was killed meanwhile hears nothing. */
async function give(pipe: string, pid: number, script: string): Promise<void> {
  await using reader = await opened(pipe, pid)
  if (reader === undefined) return
  await using whole = await open(pipe, constants.O_WRONLY) // it waits where `reader` would fail, when the pipe is full
  await whole.writeFile(script).catch((error: unknown) => {
    if (!hasCode(error, 'EPIPE')) throw error
  })
}

async function opened(pipe: string, pid: number): Promise<FileHandle | undefined> {
  for (; isAlive(pid); await after(OPENS_MS)) {
    try {
      return await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK)
    } catch (error) {
      if (!hasCode(error, 'ENXIO')) throw error // fifo(7): nobody reads yet
    }
  }
  return undefined
}
