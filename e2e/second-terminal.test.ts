// e2e/second-terminal.test.ts: what a user types in a second terminal beside a running sandbox: `npx fleet …` as a process, its answers, its exit codes.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SandboxPi } from '@fleet/contract/sandbox-control'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { joined, refused, runningSandbox, serial, type RunningSandbox } from './running-sandbox.ts'

const [PI, STRANGER, NOBODY] = [serial(1), serial(2), serial(3)]
const FLEET = fileURLToPath(new URL('../ops/bin/fleet.js', import.meta.url))

let sandbox: RunningSandbox
beforeAll(async () => {
  sandbox = await runningSandbox({ allowed: [PI], pis: 1 })
})
afterAll(() => sandbox[Symbol.asyncDispose]())

interface Answer {
  readonly code: number
  readonly out: string
  readonly error: string
}

const fleetBeside = (stateFolder: string, words: readonly string[]): Promise<Answer> =>
  new Promise((resolve) => {
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')))
    execFile(process.execPath, [FLEET, ...words], { env: { ...environment, FLEET_SANDBOX_STATE: stateFolder, NO_COLOR: '1' } }, (failure, out, error) => resolve({ code: typeof failure?.code === 'number' ? failure.code : failure ? NaN : 0, out, error }))
  })
const fleet = (...words: readonly string[]) => fleetBeside(join(sandbox.folder, 'state'), words)
const dark = ({ stand }: SandboxPi) => stand.light.light === 'dark'
const blinkingAt = (hz: number) => ({ stand: { light } }: SandboxPi) => light.light === 'blinking' && Math.abs(light.frequencyHz - hz) < hz * 0.2

test('fleet status shows every device; with --json one document on stdout, and nothing else there', async () => {
  await expect.poll(async () => (await fleet('status')).out).toMatch(new RegExp(`^${PI} +active +yes +1 Hz on +0 presses +healthy`, 'm'))
  const { out, code } = await fleet('status', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ stage: 'dev', devices: [{ serial: PI, state: 'active', connected: true, led: { frequencyHz: 1, on: true }, buttonPresses: 0 }] })
})

test('fleet led sets the frequency, and fleet sandbox press presses the button: both are seen on the board', async () => {
  expect(await fleet('led', PI, '--frequency', '5')).toMatchObject({ code: 0, out: expect.stringContaining('5 Hz') })
  await sandbox.until(PI, 'blinking at 5 Hz', blinkingAt(5))
  expect((await fleet('sandbox', 'press', PI)).code).toBe(0)
  await sandbox.until(PI, 'dark', dark)
})

test('a new board is refused; fleet allowlist plan and apply let it join', async () => {
  expect((await fleet('sandbox', 'power', 'on', STRANGER)).code).toBe(0)
  await sandbox.until(STRANGER, 'refused', refused)
  await expect.poll(async () => (await fleet('status')).out).toMatch(new RegExp(`^${STRANGER} +refused .*not on the allowlist`, 'm'))
  const file = sandbox.list([PI, STRANGER])
  expect((await fleet('allowlist', 'plan', '--file', file)).out).toMatch(new RegExp(`^\\+ admit +${STRANGER}`, 'm'))
  expect((await fleet('allowlist', 'apply', '--file', file)).code).toBe(0)
  await sandbox.until(STRANGER, 'joined', joined, 60_000)
  expect((await fleet('allowlist', 'plan', '--file', file)).out).toMatch(/0 to admit.*2 unchanged/)
})

test('fleet logs shows what a component has said', async () => {
  await expect.poll(async () => (await fleet('logs', PI, 'led')).out, { interval: 1000 }).toMatch(/ led .*fleetwright\.led/)
})

test.each<[string, string[], { readonly code: number; readonly error: RegExp }]>([
  ['a device that is not there', ['led', NOBODY, '--frequency', '5'], { code: 1, error: /do: [^]*code: [A-Z_]+/ }],
  ['a Pi that does not stand here', ['sandbox', 'press', NOBODY], { code: 1, error: /do: [^]*code: PI_UNKNOWN/ }],
  ['a frequency that no LED has', ['led', PI, '--frequency', '500'], { code: 2, error: /0\.1 to 50/ }],
  ['a list with a mistake', ['allowlist', 'plan', '--file', FLEET], { code: 2, error: /fleet\.js:\d+:\d+[^]*code: ALLOWLIST_MALFORMED/ }],
])('%s: the error says what to do', async (_case, words, { code, error }) => {
  const answer = await fleet(...words)
  expect([answer.code, answer.out]).toEqual([code, ''])
  expect(answer.error).toMatch(error)
})

test('beside no sandbox it says how to start one, and does not turn to AWS', async () => {
  expect(await fleetBeside(join(sandbox.folder, 'elsewhere'), ['status'])).toMatchObject({ code: 1, error: expect.stringMatching(/npm start[^]*code: SANDBOX_NOT_RUNNING/) })
})
