// sandbox/src/cloud/main.test.ts: the process of the cloud twin: ready, killed, restarted, orphaned, refused.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { CreateThingCommand, IoTClient, ListThingsCommand } from '@aws-sdk/client-iot'
import { expect, onTestFinished, test } from 'vitest'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const credentials = { accessKeyId: 'AKIATESTTESTTESTTEST', secretAccessKey: 'not-a-secret' }
const KEY_FLAGS = ['--access-key-id', credentials.accessKeyId, '--secret-access-key', credentials.secretAccessKey]

interface Told {
  readonly event: string
  readonly code?: string
  readonly http: string
  readonly caFile: string
  readonly caPem: string
  readonly copy?: string
  readonly port?: number
  readonly role?: string
}

interface Process {
  readonly child: ChildProcess
  /** The one line on standard output. */
  readonly told: Promise<Told>
  readonly ended: Promise<number | NodeJS.Signals | null>
}

function run(stateFolder: string, flags: readonly string[] = []): Process {
  const child = spawn(process.execPath, [MAIN, '--state', stateFolder, '--gateway-port', '0', '--mqtt-port', '0', ...KEY_FLAGS, ...flags], { stdio: ['ignore', 'pipe', 'ignore', 'ipc'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)))
  const told = new Promise<Told>((resolve, reject) => {
    if (child.stdout) createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line) as Told))
    void ended.then((code) => reject(new Error(`ended with ${String(code)} and told nothing`)))
  })
  told.catch(() => undefined) // some tests only wait for the end
  return { child, told, ended }
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cloud-main-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const iot = ({ http }: Told) => new IoTClient({ endpoint: http, region: 'eu-central-1', credentials, maxAttempts: 1 })

async function thingNames(sdk: IoTClient): Promise<Set<string>> {
  const names = new Set<string>()
  let nextToken: string | undefined
  do {
    const page = await sdk.send(new ListThingsCommand({ maxResults: 250, nextToken }))
    for (const { thingName } of page.things ?? []) if (thingName !== undefined) names.add(thingName)
    nextToken = page.nextToken
  } while (nextToken)
  return names
}

test('what was acknowledged is there after kill -9 under load', async () => {
  const folder = temporaryFolder()
  const first = run(folder)
  const sdk = iot(await first.told)
  const acknowledged: string[] = []
  const write = async (writer: number) => {
    for (let number = 0; ; number++) {
      const thingName = `pi-${writer}-${number}`
      await sdk.send(new CreateThingCommand({ thingName }))
      if (acknowledged.push(thingName) === 150) first.child.kill('SIGKILL')
    }
  }
  await Promise.allSettled([1, 2, 3, 4].map(write)) // each ends when the connection breaks
  expect(await first.ended).toBe('SIGKILL')
  const names = await thingNames(iot(await run(folder).told))
  expect(acknowledged.filter((name) => !names.has(name))).toEqual([])
})

test('it ends in peace by signal, and leaves its certificate', async () => {
  const folder = temporaryFolder()
  const { child, told, ended } = run(folder)
  const { event, caFile, caPem } = await told
  expect([event, readFileSync(caFile, 'utf8')]).toEqual(['ready', caPem])
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
})

test('it ends when its parent is gone', async () => {
  const { child, told, ended } = run(temporaryFolder())
  await told
  child.disconnect()
  expect(await ended).toBe(0)
})

test('its clock moves when the parent asks, for good', async () => {
  const folder = temporaryFolder()
  const ask = async ({ child, told }: Process, byMs: unknown) => {
    await told
    const answer = new Promise<{ now: string }>((resolve) => child.once('message', (message) => resolve(message as { now: string })))
    child.send({ ask: 'advance-clock', byMs: 'x' }) // not understood, not answered
    child.send({ ask: 'advance-clock', byMs })
    return new Date((await answer).now).getTime() - Date.now()
  }
  const first = run(folder)
  expect(await ask(first, 3_600_000)).toBeGreaterThan(3_590_000)
  first.child.kill('SIGKILL')
  await first.ended
  expect(await ask(run(folder), 0)).toBeGreaterThan(3_590_000)
})

test('a state that cannot be read is kept, and said to be so', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'cloud.sqlite'), 'this was a database once'.repeat(500))
  for (const _start of [1, 2]) {
    const { told, ended } = run(folder)
    const { event, code, copy = '' } = await told
    expect([event, code, await ended]).toEqual(['failed', 'STATE_UNREADABLE', 3])
    expect(existsSync(copy)).toBe(true)
  }
  expect(readdirSync(folder).filter((name) => name.includes('.corrupt-'))).toHaveLength(1)
})

test('a taken port is said to be', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((listening) => server.once('listening', listening))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const { told, ended } = run(temporaryFolder(), ['--gateway-port', String(port)])
  expect(await told).toMatchObject({ event: 'failed', code: 'PORT_IN_USE', port, role: 'gateway' })
  expect(await ended).toBe(4)
})

test.each([['--no-such-flag'], ['--gateway-port', 'x']])('wrong flags end it at once: %s', async (...flags) => {
  expect(await run(temporaryFolder(), flags).ended).toBe(2)
})
