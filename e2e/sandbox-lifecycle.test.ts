// e2e/sandbox-lifecycle.test.ts: the sandbox as scripts and people start it: ready, killed in part or whole, ended, started again as it was, started over.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GetThingShadowCommand, UpdateThingShadowCommand } from '@aws-sdk/client-iot-data-plane'
import { controlPaths } from '@fleet/contract/sandbox-control'
import { afterAll, expect, test } from 'vitest'
import { fleetAt, type FleetAt } from './fleet-at.ts'
import { allProcesses, descendants, startSandbox, stillRunning, type RunningProcess, type SandboxProcess } from './sandbox-process.ts'
import { startInTerminal } from './terminal.ts'
import { within } from './waiting-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'fleet-e2e-'))
const state = join(folder, 'state')
const started: AsyncDisposable[] = []
afterAll(async () => {
  for (const each of started) await each[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

function start(...[stateFolder, words, ports]: Parameters<typeof startSandbox>): SandboxProcess {
  const sandbox = startSandbox(stateFolder, words, ports)
  started.push(sandbox)
  return sandbox
}

/** With whatever names the state folder: an orphan of an orphan is found too. */
const processesOf = (pid: number): RunningProcess[] => [...descendants(pid), ...allProcesses().filter((one) => one.pid !== pid && one.words.includes(state))]

async function expectNoneLeft(processes: readonly RunningProcess[]): Promise<void> {
  expect(processes.length).toBeGreaterThan(4) // cloud, Pi, containers, components: otherwise nothing was looked at
  await expect.poll(() => [...stillRunning(processes), ...processesOf(NaN)]).toEqual([])
}

const refusal = ({ lines }: SandboxProcess) => lines.map((line) => JSON.parse(line) as { event: string; code?: string; what?: string; remedy?: string }).find(({ event }) => event === 'the sandbox cannot run') // log lines all

let first: SandboxProcess
let fleet: FleetAt
/** Things, certificates, deployments, and what the shadows hold. */
let before: Awaited<ReturnType<FleetAt['whatItIs']>>

test('headless it prints log lines alone, and one line «ready» with all that a script needs', async () => {
  first = start(state, ['--pis', '1'])
  const ready = await first.ready
  expect(first.lines.filter((line) => line.startsWith('ready '))).toHaveLength(1)
  for (const line of first.lines.filter((line) => !line.startsWith('ready '))) {
    expect(JSON.parse(line)).toMatchObject({ time: expect.any(String), level: expect.stringMatching(/^(debug|info|warn|error)$/), event: expect.any(String) })
  }
  expect(first.errorLines).toEqual([])
  expect(ready).toMatchObject({ accountId: '000000000000', region: 'eu-central-1', pis: [{ serial: expect.any(String) }] })
  for (const file of [ready.caFile, ...ready.pis.flatMap(({ certificateFile, privateKeyFile }) => [certificateFile, privateKeyFile])]) expect(existsSync(file), file).toBe(true)
  fleet = fleetAt(ready)
})

test('kill -9 of the cloud twin under load: what it acknowledged is there when it is back, and the Pi comes back to it', async () => {
  const [serial = ''] = (await fleet.whatItIs()).things
  const cloud = descendants(first.pid).find(({ words }) => words.includes('cloud/main.ts'))
  const acknowledged = new Map<string, number>()
  let writes = 0
  let isKilled = false
  const write = async (shadowName: string) => {
    for (let number = 1; !isKilled; number++) {
      await fleet.data.send(new UpdateThingShadowCommand({ thingName: serial, shadowName, payload: Buffer.from(JSON.stringify({ state: { reported: { number } } })) }))
      acknowledged.set(shadowName, number)
      if (++writes === 120) {
        isKilled = true
        process.kill(cloud?.pid ?? 0, 'SIGKILL')
      }
    }
  }
  const loads = ['load-1', 'load-2', 'load-3', 'load-4']
  await Promise.all(loads.map(write)) // the SDK asks again until the cloud is back
  for (const shadowName of loads) {
    const { payload } = await fleet.data.send(new GetThingShadowCommand({ thingName: serial, shadowName }))
    const { state } = JSON.parse(Buffer.from(payload ?? []).toString('utf8')) as { state: { reported: { number: number } } }
    expect(state.reported.number, shadowName).toBeGreaterThanOrEqual(acknowledged.get(shadowName) ?? NaN)
  }
  expect(stillRunning(cloud ? [cloud] : [])).toEqual([])
  const pis = async () => ((await (await fetch(new URL(controlPaths.pis, (await first.ready).endpoints.console))).json()) as { pis: { stand: { connected: boolean } }[] }).pis
  await expect.poll(async () => (await pis()).map(({ stand }) => stand.connected)).toEqual([true])
  await expect.poll(() => first.lines.some((line) => line.includes('it was started again'))).toBe(true)
})

test('SIGTERM ends it with code 0 within five seconds, and leaves no process', async () => {
  before = await fleet.changed({ frequencyHz: 7 })
  const running = processesOf(first.pid)
  expect(await within(5000, first.end('SIGTERM'))).toMatchObject({ how: 0 })
  await expectNoneLeft(running)
  expect(existsSync(join(state, 'endpoints.json'))).toBe(false)
})

test('in a terminal, started again, it shows the same fleet; Ctrl-C ends everything', async () => {
  const terminal = startInTerminal(['--state', state, '--gateway-port', '0', '--mqtt-port', '0', '--console-port', '0'])
  started.push(terminal)
  await Promise.race([terminal.ended, expect.poll(() => terminal.text(), { interval: 200 }).toMatch(/Ctrl-C ends everything/)])
  expect(terminal.text()).toMatch(/Ctrl-C ends everything/)
  for (const part of [/✔ cloud twin +\d+\.\d s/, /Console page +http/, /MQTT +mqtts:/]) expect(terminal.text()).toMatch(part)
  expect(new Set(terminal.text().match(/npx fleet (\w+ ?\w+)/g)).size).toBe(5)
  const now = fleetAt(JSON.parse(readFileSync(join(state, 'endpoints.json'), 'utf8')) as Parameters<typeof fleetAt>[0])
  expect(await now.whatItIs()).toEqual(before)

  const running = processesOf(terminal.pid)
  terminal.type('\u0003')
  expect(await within(5000, terminal.ended)).toMatchObject({ how: 0 })
  expect(terminal.text()).toMatch(/SIGINT: switching everything off/)
  await expectNoneLeft(running)
})

test('kill -9 of the sandbox itself: nothing runs on, and the next start is the same fleet', async () => {
  const sandbox = start(state, [])
  await sandbox.ready
  const running = processesOf(sandbox.pid)
  expect((await sandbox.end('SIGKILL')).how).toBe('SIGKILL')
  await expectNoneLeft(running)
  const next = start(state, [])
  expect(await fleetAt(await next.ready).whatItIs()).toEqual(before)
  expect((await next.end('SIGINT')).how).toBe(0)
})

test('a state file that is damaged: it says so, keeps a copy and offers --fresh, which starts over', async () => {
  const file = join(state, 'cloud', 'cloud.sqlite')
  truncateSync(file, 5000)
  const sandbox = start(state, [])
  expect((await sandbox.ended).how).toBe(1)
  expect(refusal(sandbox)).toMatchObject({ code: 'SANDBOX_STATE_UNREADABLE', remedy: expect.stringContaining('--fresh') })
  const copy = /a copy is kept as (\S+)/.exec(refusal(sandbox)?.what ?? '')?.[1] ?? ''
  expect(readFileSync(copy)).toEqual(readFileSync(file))

  const anew = start(state, ['--fresh', '--pis', '1'])
  const after = await fleetAt(await anew.ready).whatItIs()
  expect(after.things).toEqual(before.things)
  expect(after.certificates).not.toEqual(before.certificates)
  expect(after.desired).not.toEqual(before.desired)
  expect(readdirSync(state).filter((name) => name.includes('.corrupt-'))).not.toEqual([])
  expect((await anew.end('SIGTERM')).how).toBe(0)
})

test.each([
  ['--gateway-port', 'gateway'],
  ['--mqtt-port', 'mqtt'],
  ['--console-port', 'console page'],
] as const)('a port that is taken (%s): it says which and what to change, ends with code 1, leaves nothing', async (option, role) => {
  const taken = await listener(option === '--mqtt-port')
  const { port } = taken.address() as AddressInfo // it listens on TCP
  const sandbox = start(join(folder, `taken${option}`), ['--pis', '1'], { [option]: String(port) })
  const { how } = await sandbox.ended
  taken.close()
  expect(how).toBe(1)
  expect(refusal(sandbox)).toMatchObject({ code: 'PORT_IN_USE', what: `port ${port} (${role}) is taken by another program`, remedy: expect.stringContaining(`${option} N`) })
  await expect.poll(() => allProcesses().filter(({ words }) => words.includes(`taken${option}`))).toEqual([])
  expect(existsSync(join(folder, `taken${option}`, 'endpoints.json'))).toBe(false)
})

/** Listens on a free port, or on one below 32768, as MQTT's must be. */
async function listener(isLow: boolean): Promise<Server> {
  for (let port = isLow ? 20_000 : 0; ; port += 1) {
    const server = createServer().listen(port, '127.0.0.1')
    const failure = await once(server, 'listening').then(() => undefined, (error: unknown) => error as NodeJS.ErrnoException)
    if (failure === undefined) return server
    if (failure.code !== 'EADDRINUSE') throw failure
  }
}
