// components/bundles.test.ts: the bundles that ship, run as processes: with the real IPC client against a nucleus's socket, on a board's socket.
import { spawn } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { LedReported } from '@fleet/contract/led'
import { COMPONENTS, type ComponentFolder } from '@fleet/contract/names'
import { shadows, telemetry } from '@fleet/contract/topics'
import { WIRING } from '@fleet/contract/wiring'
import { boardServer } from '@fleet/device-runtime/testing/board-server'
import { nucleusIpc } from '@fleet/device-runtime/testing/nucleus-ipc'
import { shadowService } from '@fleet/device-runtime/testing/shadow-service'
import { temporaryFolder, type TemporaryFolder } from '@fleet/device-runtime/testing/temporary-folder'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { bundleComponent } from '../ops/src/release/component-bundle.ts'
import { keptFile } from '../ops/src/release/kept-bundle.ts'

const THING = '10000000a1b2c3d4'
const RULE = 'fleet_dev_telemetry'

let built: TemporaryFolder
beforeAll(async () => {
  built = await temporaryFolder()
  for (const folder of COMPONENTS) await bundleComponent(join(import.meta.dirname, folder), { outFolder: join(built.path, folder) })
})
afterAll(() => built[Symbol.asyncDispose]())

/** The addon of this machine instead of the device's, as the sandbox's `docker` does it. */
function hostAddon(): string {
  const sdk = createRequire(createRequire(import.meta.url).resolve('@fleet/device-runtime/run-component')).resolve('aws-crt/package.json')
  const { platform, arch } = process
  return join(sdk, '../dist/bin', `${platform}-${arch}-${platform === 'linux' ? 'glibc' : 'cruntime'}`, 'aws-crt-nodejs.node')
}

interface Running {
  readonly lines: Record<string, unknown>[]
  /** Its exit code. */
  readonly ended: Promise<number | null>
  readonly kill: (signal: NodeJS.Signals) => Promise<number | null>
}

function run(folder: ComponentFolder, environment: Record<string, string>, words: readonly string[] = []): Running {
  const env = { PATH: process.env.PATH, AWS_CRT_NODEJS_BINARY_ABSOLUTE_PATH: hostAddon(), AWS_IOT_THING_NAME: THING, ...environment }
  const child = spawn(process.execPath, [join(built.path, folder, 'main.cjs'), ...words], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: Record<string, unknown>[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line) as Record<string, unknown>))
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return { lines, ended, kill: (signal) => (child.kill(signal), ended) }
}

test.each(COMPONENTS)('%s --check: says that it can run, with nothing around it, and ends', async (folder) => {
  const { lines, ended } = run(folder, {}, ['--check'])
  expect(await ended).toBe(0)
  expect(lines).toMatchObject([{ level: 'info', event: 'the program can run here' }])
})

test('--check of a program whose addon is none that this machine can load: its exit code says so', async () => {
  const addon = join(built.path, 'of-another-machine.node')
  await writeFile(addon, 'not of this machine')
  expect(await run('led', { AWS_CRT_NODEJS_BINARY_ABSOLUTE_PATH: addon }, ['--check']).ended).toBe(1)
})

/** A device without its components. */
async function device() {
  const data = await temporaryFolder()
  const board = await boardServer()
  const nucleus = await nucleusIpc({ telemetryRule: RULE, accessControl: {} })
  const environment = {
    AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT: nucleus.socketPath,
    SVCUID: nucleus.token,
    FLEET_DATA: data.path,
    FLEET_GPIO: board.path,
  }
  const sentTo = (topic: string) => nucleus.cloud.sent.filter((sent) => sent.topic === topic).map(({ message }) => message)
  return {
    board,
    nucleus,
    environment,
    led: shadowService(nucleus.cloud, shadows.led, THING),
    button: shadowService(nucleus.cloud, shadows.button, THING),
    sentTo,
    async [Symbol.asyncDispose]() {
      await nucleus[Symbol.asyncDispose]()
      await board[Symbol.asyncDispose]()
      await data[Symbol.asyncDispose]()
    },
  }
}

test('the same sources give the same bytes, without a path of this machine', async () => {
  await using other = await temporaryFolder()
  for (const folder of COMPONENTS) {
    await rm(keptFile(join(import.meta.dirname, folder)), { force: true }) // else it would be the same ones
    const { entry, addon } = await bundleComponent(join(import.meta.dirname, folder), { outFolder: other.path })
    const bytes = await readFile(entry)
    expect(bytes.equals(await readFile(join(built.path, folder, 'main.cjs')))).toBe(true)
    expect(bytes.includes(join(import.meta.dirname, '..'))).toBe(false)
    expect(bytes.length).toBeLessThan(400_000)
    expect((await readFile(addon)).readUInt16LE(18)).toBe(183) // e_machine of the ELF header: EM_AARCH64
  }
})

test('holds all of aws-crt that the SDK asks for on IPC, and nothing for another protocol', async () => {
  const runtime = createRequire(createRequire(import.meta.url).resolve('@fleet/device-runtime/run-component'))
  const [sdk, { CrtError, ...part }] = [join(runtime.resolve('aws-iot-device-sdk-v2/package.json'), '../dist'), await import('@fleet/device-runtime/bus/ipc-crt')]
  const sources = ['greengrasscoreipc.js', 'eventstream_rpc.js', 'eventstream_rpc_utils.js', 'greengrasscoreipc/client.js', 'greengrasscoreipc/model_utils.js']
  const asked = (await Promise.all(sources.map((name) => readFile(join(sdk, name), 'utf8')))).flatMap((text) => [...text.matchAll(/\baws_crt_1\.(\w+)/g)].map(([, name]) => name))
  expect(new Set(asked)).toEqual(new Set(['CrtError', ...Object.keys(part)]))
  expect(CrtError.name).toBe('CrtError')
  for (const folder of COMPONENTS) expect(await readFile(join(built.path, folder, 'main.cjs'), 'utf8')).not.toMatch(/mqtt5_client_new|http_connection_new|"ldd"/)
})

test('led and button work together; a press is seen, counted and reported; stopped, they end with 0', async () => {
  await using pi = await device()
  const led = run('led', pi.environment)
  const button = run('button', pi.environment)
  await vi.waitFor(() => expect([pi.led.reported, pi.button.reported]).toMatchObject([{ on: true, frequencyHz: 1 }, { presses: 0 }]))
  pi.board.input(WIRING.button, 0)
  await vi.waitFor(() => expect([pi.led.reported, pi.button.reported]).toMatchObject([{ on: false, sequence: 1 }, { presses: 1 }]))
  expect(pi.board.shown(WIRING.led).at(-1)?.level).toBe(0)
  expect(pi.sentTo(telemetry.button.of(RULE, THING))).toMatchObject([{ firstSequence: 1, lastSequence: 1, entries: [{ presses: 1, on: false, at: expect.any(String) }] }])
  expect(pi.sentTo(telemetry.led.of(RULE, THING))).toMatchObject([{ firstSequence: 1, lastSequence: 1, entries: [{ sequence: 1, on: false, frequencyHz: 1, at: expect.any(String) }] }])
  expect(await Promise.all([led.kill('SIGTERM'), button.kill('SIGTERM')])).toEqual([0, 0])
  expect(led.lines.at(-1)).toMatchObject({ level: 'info', source: 'led', event: 'stopped' })
  expect(JSON.stringify([led.lines, button.lines])).not.toContain(pi.environment.SVCUID)
})

test('blinks at 50 Hz with a period that is less than 2 % wrong, by the times of the board', async () => {
  await using pi = await device()
  const led = run('led', pi.environment)
  await vi.waitFor(() => expect(pi.led.reported).toBeDefined())
  pi.led.desire({ frequencyHz: 50 })
  await vi.waitFor(() => expect(pi.led.reported).toMatchObject({ frequencyHz: 50 }))
  const from = pi.board.shown(WIRING.led).length
  // A busy machine makes some edges late: one second in which it had the time is looked for.
  await vi.waitFor(() => {
    const rising = pi.board.shown(WIRING.led).slice(from).filter(({ level }) => level === 1).map(({ atMs }) => atMs)
    const periodsMs = rising.slice(50).map((atMs, first) => (atMs - rising[first]!) / 50)
    expect(Math.min(...periodsMs.map((periodMs) => Math.abs(periodMs - 20) / 20))).toBeLessThan(0.02)
  })
  expect(await led.kill('SIGTERM')).toBe(0)
})

test('killed without warning, the button goes on counting and the LED is as it was', async () => {
  await using pi = await device()
  const first = [run('led', pi.environment), run('button', pi.environment)]
  await vi.waitFor(() => expect([pi.led.reported, pi.button.reported]).toMatchObject([{ on: true }, { presses: 0 }]))
  pi.board.input(WIRING.button, 0)
  await vi.waitFor(() => expect([pi.led.reported, pi.button.reported]).toMatchObject([{ on: false }, { presses: 1 }]))
  await Promise.all(first.map(({ kill }) => kill('SIGKILL')))
  const dark = pi.board.shown(WIRING.led).length
  const second = [run('led', pi.environment), run('button', pi.environment)]
  await vi.waitFor(() => expect(pi.board.shown(WIRING.led).slice(dark).map(({ level }) => level)).toEqual([0, 0])) // opened, driven
  await vi.waitFor(() => expect(pi.board.holder(WIRING.button)).toBeDefined())
  pi.board.input(WIRING.button, 0)
  await vi.waitFor(() => expect([pi.led.reported, pi.button.reported]).toMatchObject([{ on: true, sequence: 2 }, { presses: 2 }]))
  await Promise.all(second.map(({ kill }) => kill('SIGTERM')))
})

test('a changed setting is taken without a restart of the process', async () => {
  await using pi = await device()
  const led = run('led', pi.environment)
  await vi.waitFor(() => expect(pi.led.reported).toBeDefined())
  await vi.waitFor(() => expect(pi.nucleus.subscribed()).toContain(''))
  pi.nucleus.configure({ telemetryRule: 'not a rule' })
  await vi.waitFor(() => expect(led.lines.map(({ event }) => event)).toContain('settings not taken'))
  pi.nucleus.configure({ telemetryRule: 'other_rule' })
  await vi.waitFor(() => expect(led.lines.map(({ event }) => event)).toContain('settings changed'))
  pi.led.desire({ frequencyHz: 2 })
  await vi.waitFor(() => expect(pi.sentTo(telemetry.led.of('other_rule', THING))).toHaveLength(1))
  expect(await led.kill('SIGTERM')).toBe(0)
})

test('a wrong environment ends it with 78 and every fault', async () => {
  const led = run('led', { AWS_IOT_THING_NAME: 'NOT A THING', FLEET_GPIO: 'gpiochip0', FLEET_COLOUR: 'red' })
  expect(await led.ended).toBe(78)
  expect(led.lines).toHaveLength(1)
  const { message } = led.lines[0]!.error as { message: string }
  for (const name of ['AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT', 'SVCUID', 'AWS_IOT_THING_NAME', 'FLEET_DATA', 'FLEET_GPIO', 'FLEET_COLOUR']) expect(message).toContain(name)
})

test('a wrong setting ends it with 78, a missing board with 1', async () => {
  await using pi = await device()
  pi.nucleus.configure({ telemetryRule: 5, colour: 'red' })
  const misconfigured = run('led', pi.environment)
  expect(await misconfigured.ended).toBe(78)
  expect(misconfigured.lines.at(-1)).toMatchObject({ level: 'error', error: { code: 'SETTINGS_INVALID', message: expect.stringMatching(/telemetryRule.*colour/s) } })
  pi.nucleus.configure({})
  const boardless = run('button', { ...pi.environment, FLEET_GPIO: '/nowhere' })
  expect(await boardless.ended).toBe(1)
  expect(boardless.lines.at(-1)).toMatchObject({ level: 'error', error: { code: 'GPIO_UNAVAILABLE' } })
})

test('what is reported is what the contract says', async () => {
  await using pi = await device()
  const led = run('led', pi.environment)
  pi.led.desire({ frequencyHz: 1000 })
  await vi.waitFor(() => expect(LedReported.parse(pi.led.reported)).toMatchObject({ frequencyHz: 1, refused: { frequencyHz: 1000 } }))
  expect(await led.kill('SIGTERM')).toBe(0)
})
