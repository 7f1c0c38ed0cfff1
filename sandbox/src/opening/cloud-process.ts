// sandbox/src/opening/cloud-process.ts: the cloud twin as a process of its own: started, started again when it dies, ended.
import { spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { FleetError } from '@fleet/contract/errors'
import * as z from 'zod'

export interface CloudProcessOptions {
  readonly stateFolder: string
  readonly accountId: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** 0 takes a free one. */
  readonly gatewayPort: number
  readonly mqttPort: number
  /** AWS's own request rates. */
  readonly quotas: boolean
  /** Further flags of cloud/main.ts. */
  readonly flags?: readonly string[]
  /** Beside this process's own. */
  readonly environment?: Readonly<Record<string, string>>
  /** Ends a start that is under way. */
  readonly signal: AbortSignal
  /** Each line of its log. */
  readonly onLine: (line: string) => void
  /** It has died and runs again. */
  readonly onRestart: (why: string) => void
  /** It has died and cannot be started again. */
  readonly onFailure: (error: FleetError) => void
}

export interface CloudProcess extends AsyncDisposable {
  readonly gatewayPort: number
  readonly mqttPort: number
  readonly caFile: string
  readonly caPem: string
  /** Of the process that runs now. */
  readonly pid: number
  /** Moves the cloud's clock ahead (negative: back), for good; resolves with its time then. */
  advanceClock(byMs: number): Promise<Date>
  /** As if so much of the time of the credentials that were lent to this role had gone by. Answers how many those are. */
  ageSessions(role: string, byMs: number): Promise<number>
  /** Names of the operations that it offers, by model. */
  offers(): Promise<Readonly<Record<string, readonly string[]>>>
}

const CLOUD_MAIN = fileURLToPath(new URL('../cloud/main.ts', import.meta.url))
const END_MS = 1800 // its last work; then it is killed, for Ctrl-C shall take less than five seconds
const SOUND_MS = 10_000 // one that has lived so long was sound
const MOST_HASTY = 3 // so many others, one after another, are enough

/** @throws FleetError PORT_IN_USE, SANDBOX_STATE_UNREADABLE, CLOUD_FAILED; then nothing runs */
export async function startCloud(options: CloudProcessOptions): Promise<CloudProcess> {
  let running = await start(options)
  const { ready } = running
  let isEnding = false
  const again = { ...options, gatewayPort: ready.gatewayPort, mqttPort: ready.mqttPort }
  const supervise = async () => {
    for (let hasty = 0; ; ) {
      const since = performance.now()
      const how = await running.ended
      if (isEnding) return
      try {
        hasty = performance.now() - since < SOUND_MS ? hasty + 1 : 0
        if (hasty > MOST_HASTY) throw failed(`the cloud twin ends again and again soon after its start (${how})`)
        running = await start(again)
        options.onRestart(how)
      } catch (error) {
        return options.onFailure(error instanceof FleetError ? error : failed(String(error)))
      }
    }
  }
  const supervised = supervise()
  return {
    ...ready,
    get pid() {
      return running.pid
    },
    advanceClock: (byMs) => running.advanceClock(byMs),
    ageSessions: (role, byMs) => running.ageSessions(role, byMs),
    offers: () => running.offers(),
    async [Symbol.asyncDispose]() {
      isEnding = true
      await running.end()
      await supervised
    },
  }
}

const Said = z.discriminatedUnion('event', [
  z.object({ event: z.literal('ready'), gatewayPort: z.number(), mqttPort: z.number(), caFile: z.string(), caPem: z.string() }),
  z.object({ event: z.literal('failed'), code: z.string(), message: z.string(), port: z.number().optional(), role: z.string().optional(), copy: z.string().optional() }),
])
type Said = z.infer<typeof Said>
type Ready = Extract<Said, { event: 'ready' }>

interface Running {
  readonly ready: Ready
  readonly pid: number
  /** How, when it has. */
  readonly ended: Promise<string>
  end(): Promise<void>
  advanceClock: CloudProcess['advanceClock']
  ageSessions: CloudProcess['ageSessions']
  offers: CloudProcess['offers']
}

async function start(options: CloudProcessOptions): Promise<Running> {
  options.signal.throwIfAborted()
  // detached: Ctrl-C in the terminal reaches the parent alone, which first shuts the Pis down
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CLOUD_MAIN, ...allFlags(options)], { detached: true, env: { ...process.env, ...options.environment }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const stopStart = () => void child.kill('SIGKILL')
  options.signal.addEventListener('abort', stopStart)
  const ended = once(child, 'exit').then(([code, signal]) => (typeof signal === 'string' ? signal : `exit code ${String(code)}`))
  const [words, log] = [child.stdout as Readable, child.stderr as Readable] // both are pipes, as asked for above
  createInterface({ input: log }).on('line', options.onLine)
  const said = await Promise.race([firstWords(createInterface({ input: words })), ended])
  options.signal.removeEventListener('abort', stopStart)
  options.signal.throwIfAborted()
  if (typeof said === 'string') throw failed(`the cloud twin has ended before it was ready (${said})`)
  if (said.event === 'failed') {
    await ended
    throw explained(said, options)
  }
  const end = async () => {
    child.kill('SIGTERM')
    const patience = setTimeout(() => child.kill('SIGKILL'), END_MS)
    await ended
    clearTimeout(patience)
  }
  const ask = async (question: object, answerHas: string): Promise<unknown> => {
    const answered = new AbortController()
    const gone = ended.then((how) => Promise.reject(failed(`the cloud twin has ended (${how})`)))
    child.send(question)
    const answer = Promise.race([gone, answerWith(answerHas, on(child, 'message', { signal: answered.signal }))])
    return await answer.finally(() => answered.abort())
  }
  const advanceClock = async (byMs: number) => new Date((await ask({ ask: 'advance-clock', byMs }, 'now')) as string) // ISO 8601, see cloud/main.ts
  const ageSessions = async (role: string, byMs: number) => (await ask({ ask: 'age-sessions', role, byMs }, 'aged')) as number // likewise
  const offers = async () => (await ask({ ask: 'offers' }, 'offers')) as Readonly<Record<string, readonly string[]>> // likewise
  return { ready: said, pid: child.pid ?? 0, ended, end, advanceClock, ageSessions, offers }
}

const allFlags = ({ stateFolder, accountId, region, accessKeyId, secretAccessKey, gatewayPort, mqttPort, quotas, flags = [] }: CloudProcessOptions): string[] => [
  ...['--state', stateFolder, '--account', accountId, '--region', region],
  ...['--access-key-id', accessKeyId, '--secret-access-key', secretAccessKey],
  ...['--gateway-port', String(gatewayPort), '--mqtt-port', String(mqttPort)],
  ...(quotas ? ['--quotas'] : []),
  ...flags,
]

async function answerWith(name: string, messages: AsyncIterable<unknown[]>): Promise<unknown> {
  for await (const [message] of messages) if (typeof message === 'object' && message !== null && name in message) return (message as Record<string, unknown>)[name]
  return undefined
}

async function firstWords(lines: AsyncIterable<string>): Promise<Said> {
  for await (const line of lines) return Said.parse(JSON.parse(line))
  return await new Promise<never>(() => {}) // it has ended; whoever races with that hears of it
}

const OPTION_OF_ROLE: Readonly<Record<string, string>> = { gateway: '--gateway-port', mqtt: '--mqtt-port' }

function explained({ code, message, port = 0, role = '', copy = '' }: Extract<Said, { event: 'failed' }>, { stateFolder }: CloudProcessOptions): FleetError {
  if (code === 'PORT_IN_USE') return portInUse(port, role, OPTION_OF_ROLE[role] ?? '')
  if (code !== 'STATE_UNREADABLE') return failed(message)
  return new FleetError('SANDBOX_STATE_UNREADABLE', `the state of the cloud twin in ${stateFolder} is damaged: ${message}; a copy is kept as ${copy}`, 'Start over with --fresh (the simulated devices are lost), or use another folder: --state DIR.')
}

/** Also for the console's port. */
export const portInUse = (port: number, role: string, option: string) =>
  new FleetError('PORT_IN_USE', `port ${port} (${role}) is taken by another program`, `End that program, or choose another port: ${option} N (0 takes a free one).`)

const failed = (what: string) => new FleetError('CLOUD_FAILED', what, 'Start it again; if it happens again, its log tells why: log/sandbox.log in the state folder.')
