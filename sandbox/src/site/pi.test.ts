// sandbox/src/site/pi.test.ts: the process of a simulated Pi in its parent's hands: power, faults, and that nothing of it is left behind.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { flashCard, onCard } from './card.ts'
import { NOBODY, PEM } from './no-cloud.testing.ts'
import { simulatedPi, type Pi } from './pi.ts'

const SERIAL = '10000000a1b2c3d4'
const PATIENCE = { firstMs: 100, mostMs: 500, offlineMostMs: 500, attemptMs: 60_000, pollMs: 50 }

let folder: string
let card: string
let pi: Pi
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-pi-test-'))
  card = join(folder, 'card')
  await flashCard({ folder: card, serial: SERIAL, settings: NOBODY, claim: { certificatePem: PEM, privateKeyPem: PEM }, rootCaPem: PEM })
  pi = simulatedPi({ serial: SERIAL, card, patience: PATIENCE })
})
afterEach(async () => {
  await pi.unplug()
  await rm(folder, { recursive: true })
})

interface Process {
  readonly pid: number
  readonly group: number
  readonly words: string
}

const processes = (): Process[] =>
  execFileSync('ps', ['-axww', '-o', 'pid=,pgid=,args='], { encoding: 'utf8' }).split('\n').flatMap((line) => {
    const [, pid, group, words = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return pid === undefined ? [] : [{ pid: Number(pid), group: Number(group), words }]
  })
/** The Pi's own process: its card is in its first argument. */
const main = () => processes().find(({ words }) => words.includes('pi-main.ts') && words.includes(card))
const ofGroup = (group: number) => processes().filter((each) => each.group === group && !each.words.includes('<defunct>'))
const reached = (state: string) => expect.poll(() => pi.stand.state).toBe(state)

test('without a cloud it says so; unplugged, everything of it is gone in an instant; the key stays on the card', async () => {
  await pi.powerOn()
  await reached('offline')
  expect(pi.stand.what).toMatch(/No connection to localhost port 1 with the claim/)
  const group = main()?.group ?? 0
  expect(ofGroup(group).length).toBeGreaterThan(1) // first boot's shell too
  await pi.unplug()
  expect(pi.stand.state).toBe('off')
  expect(ofGroup(group)).toEqual([])
  const key = await readFile(join(card, onCard.identity, 'current/private.key'), 'utf8')
  await pi.powerOn()
  await reached('offline')
  expect(await readFile(join(card, onCard.identity, 'current/private.key'), 'utf8')).toBe(key)
})

test('shut down in order, it leaves no process and no temporary folder', async () => {
  await pi.powerOn()
  await reached('offline')
  const { group = 0 } = main() ?? {}
  const run = await stat(join(card, 'run'))
  expect(run.isDirectory()).toBe(true)
  await pi.shutDown()
  expect(ofGroup(group)).toEqual([])
  await expect(stat(join(card, 'run'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('faults are kept while it is off; commands need power', async () => {
  await pi.network.cut()
  await pi.clock.skew(-1000)
  await expect(pi.press()).rejects.toThrow('is switched off')
  await pi.powerOn()
  await pi.press()
  await expect.poll(() => pi.stand.button.presses).toBe(1)
  await pi.network.restore()
  await pi.clock.skew(0)
})

test('a process that is killed by itself is seen as off', async () => {
  await pi.powerOn()
  await reached('offline')
  const { pid = 0, group = 0 } = main() ?? {}
  process.kill(pid, 'SIGKILL')
  await reached('off')
  await expect.poll(() => ofGroup(group)).toEqual([])
})

test('when its parent is killed it ends with all that it started', async () => {
  const parent = spawn(
    process.execPath,
    ['--input-type=module-typescript', '--eval', `import { simulatedPi } from ${JSON.stringify(new URL('./pi.ts', import.meta.url).href)}
      const pi = simulatedPi({ serial: '${SERIAL}', card: ${JSON.stringify(card)}, patience: ${JSON.stringify(PATIENCE)} })
      pi.watch(({ state }) => console.log(state))
      await pi.powerOn()`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const isOffline = new Promise<void>((resolve) => {
    parent.stdout.setEncoding('utf8').on('data', (text: string) => text.includes('offline') && resolve())
  })
  await isOffline
  const { group = 0 } = main() ?? {}
  expect(ofGroup(group).length).toBeGreaterThan(1)
  parent.kill('SIGKILL')
  await once(parent, 'exit')
  await expect.poll(() => ofGroup(group)).toEqual([])
})
