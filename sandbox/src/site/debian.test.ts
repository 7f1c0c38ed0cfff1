// sandbox/src/site/debian.test.ts: the Debian of a simulated Pi, updated by the image's own host unit as a simulated Pi runs it.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { silentLog } from '@fleet/log'
import { expect, onTestFinished, test, vi } from 'vitest'
import { onCard } from './card.ts'
import { debian } from './debian.ts'
import { hostUnits } from './host-units.ts'
import { installStandIns } from './stand-ins/stand-ins.ts'
import { systemd } from './systemd.ts'

const IN_TIME = { interval: 20 }

async function pi() {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-debian-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  const card = join(folder, "it's a card")
  const path = (name: string) => join(card, name)
  const write = async (name: string, content: string) => {
    await mkdir(dirname(path(name)), { recursive: true })
    await writeFile(path(name), content)
  }
  await write(onCard.firstBootDone, '')
  const network = { isCut: false }
  const hostPath = await installStandIns(card, process.env['PATH'] ?? '')
  let reboots = 0
  const boot = () => {
    const ending = new AbortController()
    const { aptGet } = debian({ card, network, signal: ending.signal })
    const asked = systemd({}, { reboot: () => (reboots++, ending.abort(new Error('reboot'))), off: () => {} }, { 'apt-get': aptGet })
    const running = hostUnits({ card, environment: { PATH: hostPath, FLEET_ROOT: card }, patience: { pollMs: 20, mostMs: 100 }, systemd: asked, log: silentLog }, ending.signal)
    return { cut: () => (ending.abort(new Error('the power is cut')), running), running }
  }
  onTestFinished(() => last.cut())
  let last = boot()
  return {
    ...{ network, write },
    get reboots() {
      return reboots
    },
    boot: () => (last = boot()),
    get running() {
      return last
    },
    ask: (line: string) => write(join(onCard.osUpdate, 'component/request'), `${line}\n`),
    answer: () => readFile(path(join(onCard.osUpdate, 'host/answer')), 'utf8').catch(() => ''),
    packages: () => readFile(path(onCard.packages), 'utf8'),
    forget: (name: string) => rm(path(name)),
  }
}

test('asked, it upgrades, reboots for the new kernel, and says what has changed', async () => {
  const own = await pi()
  await own.ask('update 2026-11 when-needed')
  await own.running.running // it reboots
  expect(own.reboots).toBe(1)
  expect(await own.answer()).toBe('rebooting 2026-11 1\n')
  own.boot()
  await vi.waitFor(async () => expect(await own.answer()).toBe('done 2026-11 1 7 complete\n'), IN_TIME)
  expect(await own.packages()).toMatch(/^ii openssl 3\.5\.4-1~deb13u1$/m)
  await own.ask('update 2026-12 when-needed')
  await vi.waitFor(async () => expect(await own.answer()).toBe('done 2026-12 1 0 complete\n'), IN_TIME)
})

test('the power goes in the middle of a package: the next boot mends it and goes on', async () => {
  const own = await pi()
  await own.ask('update 2026-11 never')
  await vi.waitFor(async () => expect(await own.packages()).toMatch(/^iU /m), { ...IN_TIME, interval: 2 })
  await own.running.cut()
  const half = await own.packages()
  own.boot()
  await vi.waitFor(async () => expect(await own.answer()).toBe('done 2026-11 2 7 reboot-pending\n'), IN_TIME)
  expect(await own.packages()).not.toBe(half)
  expect(await own.packages()).not.toMatch(/^iU /m)
})

test.each<[string, (own: Awaited<ReturnType<typeof pi>>) => Promise<unknown>, (own: Awaited<ReturnType<typeof pi>>) => Promise<unknown>]>([
  ['the mirror does not answer', (own) => own.write(onCard.mirrorFault, ''), (own) => own.forget(onCard.mirrorFault)],
  ['there is no network', async (own) => (own.network.isCut = true), async (own) => (own.network.isCut = false)],
])('%s: it fails, is repeated, and is done when that is over', async (_case, spoil, mend) => {
  const own = await pi()
  await spoil(own)
  await own.ask('update 2026-11 never')
  await vi.waitFor(async () => expect(await own.answer()).toMatch(/^failed 2026-11 [2-9] apt-get update failed \(exit code 100\)/), IN_TIME)
  await mend(own)
  await vi.waitFor(async () => expect(await own.answer()).toMatch(/^done 2026-11 \d+ 7 reboot-pending\n$/), IN_TIME)
})
