// sandbox/src/cloud/main.ts: the process of the cloud twin: flags in, one JSON line on standard output when it is ready or has failed, log lines on standard error.
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Cloud } from './cloud.ts'
import { keepCorruptState, STATE_FILE } from './corrupt-state.ts'
import { writeDurably } from './durable-file.ts'
import { isLevel, lineLog } from './line-log.ts'
import { PortInUse } from './port-in-use.ts'
import { StateUnreadable } from './store/store.ts'

/** What the parent can tell a failed start by. */
const EXIT = { failed: 1, usage: 2, stateUnreadable: 3, portInUse: 4 } as const
const LAST_WORK_MS = 3000

const FLAGS = {
  state: { type: 'string', default: ':memory:' },
  account: { type: 'string', default: '000000000000' },
  region: { type: 'string', default: 'eu-central-1' },
  host: { type: 'string', default: '127.0.0.1' },
  'gateway-port': { type: 'string', default: '4566' },
  'mqtt-port': { type: 'string', default: '8883' },
  'access-key-id': { type: 'string' },
  'secret-access-key': { type: 'string' },
  quotas: { type: 'boolean', default: false },
  'no-signatures': { type: 'boolean', default: false },
  'log-level': { type: 'string', default: 'info' },
} as const

const hadParent = process.connected
const flags = readFlags()
const level = flags['log-level']
const log = lineLog((line) => process.stderr.write(`${line}\n`), isLevel(level) ? level : 'info')
const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`)

process.on('uncaughtException', (error) => {
  log.error('cloud failed', { error, stack: error.stack })
  process.exit(EXIT.failed)
})
await start().catch(fail)

async function start(): Promise<void> {
  enableCompileCache() // halves the time and spares the memory of the type stripper, from the second start on
  const { openCloud } = await import('./cloud.ts')
  const account = { accountId: flags.account, region: flags.region }
  const cloud = await openCloud({
    stateFolder: flags.state,
    account,
    rootKey: { accessKeyId: given('access-key-id'), secretAccessKey: given('secret-access-key') },
    gatewayPort: portOf('gateway-port'),
    mqttPort: portOf('mqtt-port'),
    host: flags.host,
    quotas: flags.quotas,
    verifySignatures: !flags['no-signatures'],
    log,
  })
  const { caPem, ...endpoints } = cloud.endpoints
  const caFile = flags.state === ':memory:' ? undefined : join(flags.state, 'root-ca.pem')
  if (caFile !== undefined) writeDurably(caFile, caPem)
  answerParent(cloud)
  endWith(cloud)
  log.info('cloud is ready', { ...account, ...endpoints })
  say({ event: 'ready', ...account, ...endpoints, caFile, caPem })
}

/** Ends with the signals that end a program, and with the parent, however that ended. */
function endWith(cloud: AsyncDisposable): void {
  let isEnding = false
  const end = (why: string) => {
    if (isEnding) return
    isEnding = true
    log.info('cloud ends', { why })
    setTimeout(() => process.exit(EXIT.failed), LAST_WORK_MS).unref()
    cloud[Symbol.asyncDispose]().then(() => process.exit(0), fail)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(signal))
  process.on('disconnect', () => end('the parent is gone'))
  if (hadParent && !process.connected) end('the parent is gone')
}

/** `{ask: 'advance-clock', byMs}` → `{now}`; `{ask: 'age-sessions', role, byMs}` → `{aged}`; `{ask: 'offers'}` → `{offers}` */
function answerParent({ clock, offers, ageSessions }: Pick<Cloud, 'clock' | 'offers' | 'ageSessions'>): void {
  process.on('message', (message) => {
    if (typeof message !== 'object' || message === null || !('ask' in message)) return
    if (message.ask === 'offers') process.send?.({ offers })
    if (!('byMs' in message) || !Number.isFinite(message.byMs)) return
    if (message.ask === 'age-sessions' && 'role' in message && typeof message.role === 'string') process.send?.({ aged: ageSessions(message.role, Number(message.byMs)) })
    if (message.ask !== 'advance-clock') return
    clock.advance(Number(message.byMs))
    log.info('clock moved', { byMs: message.byMs, now: clock.now() })
    process.send?.({ now: clock.now().toISOString() })
  })
}

function fail(error: unknown): never {
  const { code, exitCode, ...fields } = failureOf(error)
  const message = error instanceof Error ? error.message : String(error)
  log.error('cloud cannot start', { code, error, ...fields })
  say({ event: 'failed', code, message, ...fields })
  process.exit(exitCode)
}

function failureOf(error: unknown): { readonly code: string; readonly exitCode: number } & Readonly<Record<string, unknown>> {
  if (error instanceof PortInUse) return { code: error.code, exitCode: EXIT.portInUse, port: error.port, role: error.role }
  if (!(error instanceof StateUnreadable)) return { code: 'CLOUD_FAILED', exitCode: EXIT.failed }
  return { code: 'STATE_UNREADABLE', exitCode: EXIT.stateUnreadable, copy: keepCorruptState(join(flags.state, STATE_FILE)) }
}

function readFlags() {
  try {
    return parseArgs({ options: FLAGS }).values
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nflags: ${Object.keys(FLAGS).map((name) => `--${name}`).join(' ')}\n`)
    return process.exit(EXIT.usage)
  }
}

function given(flag: 'access-key-id' | 'secret-access-key'): string {
  const value = flags[flag]
  if (value) return value
  process.stderr.write(`--${flag} is needed\n`)
  return process.exit(EXIT.usage)
}

function portOf(flag: 'gateway-port' | 'mqtt-port'): number {
  const port = Number(flags[flag])
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  process.stderr.write(`--${flag} must be a port, not ${flags[flag]}\n`)
  return process.exit(EXIT.usage)
}
