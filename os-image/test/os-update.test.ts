// os-image/test/os-update.test.ts: the host unit updates a Debian once for each id: as it goes, as it fails, and cut off before each of its writes.
import { mkdir, rm, symlink } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { CHANGED, CHANGED_WITH_KERNEL, device, INSTALLED, type Device } from './os-update-device.ts'

const UPGRADED = ['hi nginx 1.22-1', 'ii curl 7.88-2', 'ii openssl 3.0.16-1', 'rc gone 1.0-1']

async function expectDone(pi: Device, changed: readonly (string | undefined)[] = CHANGED): Promise<void> {
  expect(await pi.answer()).toMatch(new RegExp(`^done 2026-11 \\d+ ${changed.length} complete\n$`))
  expect(await pi.lines('var/lib/fleet/os-update/host/changes')).toEqual(changed)
  expect((await pi.packages()).filter((line) => !line.includes('linux-image'))).toEqual(UPGRADED)
  expect((await pi.lines('var/lib/fleet/os-update-work/done')).map((line) => line.split(' ')[0])).toEqual(['2026-11'])
}

test('asked, it upgrades what may be upgraded, once: what is on hold stays, and asked again it only answers', async () => {
  const pi = await device()
  const { code, said } = await pi.run()
  expect(code).toBe(0)
  expect(said.trim().split('\n')).toEqual(['update 2026-11: updating', 'update 2026-11: done: 2 complete'])
  await expectDone(pi)
  expect(await pi.lines('reboots')).toEqual([])
  for (const call of await pi.calls('apt-get')) expect(call).not.toMatch(/allow-change-held|dist-upgrade|full-upgrade|autoremove|force-yes/)
  const calls = await pi.lines('calls')
  await pi.ask('update 2026-11 never')
  await rm(pi.path('var/lib/fleet/os-update/host/answer'))
  expect((await pi.run()).code).toBe(0)
  expect(await pi.lines('calls')).toEqual(calls)
  await expectDone(pi)
})

test('a new kernel: it says so, reboots, and is done by the next boot alone', async () => {
  const pi = await device({ needsReboot: true })
  expect((await pi.run()).code).toBeNull()
  expect(await pi.answer()).toBe('rebooting 2026-11 1\n')
  await pi.boot()
  expect((await pi.run()).code).toBe(0)
  await expectDone(pi, CHANGED_WITH_KERNEL)
  expect(await pi.lines('reboots')).toHaveLength(1)
})

test('a package that asks for a reboot by itself gets it', async () => {
  const pi = await device()
  await pi.write('run/reboot-required', '')
  expect((await pi.run()).code).toBeNull()
  expect(await pi.lines('reboots')).toHaveLength(1)
})

test('it may not reboot: done, and it says what is pending', async () => {
  const pi = await device({ needsReboot: true, request: 'update 2026-11 never' })
  expect((await pi.run()).code).toBe(0)
  expect(await pi.answer()).toBe('done 2026-11 1 3 reboot-pending\n')
  expect(await pi.lines('reboots')).toEqual([])
})

test('the next id is another update; going back to a former one is none', async () => {
  const pi = await device()
  await pi.run()
  await pi.write('archive', 'curl 8.0-1\n')
  await pi.ask('update 2026-12 when-needed')
  await pi.run()
  expect(await pi.answer()).toBe('done 2026-12 1 1 complete\n')
  expect(await pi.read('host/changes')).toBe('curl 7.88-2 8.0-1\n')
  const calls = await pi.lines('calls')
  await pi.ask('update 2026-11 when-needed')
  await pi.run()
  expect(await pi.answer()).toBe('done 2026-11 1 2 complete\n')
  expect(await pi.lines('calls')).toEqual(calls)
})

test.each<[string, string, RegExp]>([
  ['the mirror does not answer', 'fail-update', /^failed 2026-11 1 apt-get update failed \(exit code 100\); see journalctl -u fleet-os-update\n$/],
  ['a package cannot be installed', 'fail-upgrade', /^failed 2026-11 1 apt-get upgrade failed \(exit code 100\)/],
])('%s: it says so, is started again, and tells all that has changed when it is done', async (_case, behaviour, expected) => {
  const pi = await device()
  await pi.behave(behaviour)
  expect((await pi.run()).code).toBe(75)
  expect(await pi.answer()).toMatch(expected)
  expect(await pi.lines('var/lib/fleet/os-update-work/done')).toEqual([])
  expect((await pi.run()).code).toBe(0)
  expect(await pi.answer()).toBe('done 2026-11 2 2 complete\n')
  await expectDone(pi)
})

test.each<[string, (pi: Device) => Promise<void>, RegExp]>([
  ['too little voltage now', (pi) => pi.write('throttled', 'throttled=0x50005\n'), /^failed 2026-11 1 the supply voltage is too low/],
  ['a battery that runs low', (pi) => Promise.all([pi.write('sys/class/power_supply/BAT0/status', 'Discharging\n'), pi.write('sys/class/power_supply/BAT0/capacity', '12\n')]).then(() => undefined), /the battery is at 12 % and discharges: at least 30 % are needed/],
  ['a full card', (pi) => pi.write('free', '100000\n'), /only 97 MB are free on the card, 512 MB are needed/],
])('%s: nothing is touched, and it goes on when that is over', async (_case, spoil, expected) => {
  const pi = await device()
  await spoil(pi)
  expect((await pi.run()).code).toBe(75)
  expect(await pi.answer()).toMatch(expected)
  expect(await pi.packages()).toEqual([...INSTALLED].sort())
  await pi.write('throttled', 'error=1\n') // a board without that sensor
  await pi.write('free', '4000000\n')
  await rm(pi.path('sys'), { recursive: true, force: true })
  expect((await pi.run()).code).toBe(0)
  await expectDone(pi)
})

test.each<[string, (pi: Device) => Promise<unknown>, string, string]>([
  ['a deployment', async (pi) => (await mkdir(pi.path('greengrass/v2/deployments/7'), { recursive: true }), symlink('7', pi.path('greengrass/v2/deployments/ongoing'))), 'greengrass/v2/deployments/ongoing', 'a deployment is running'],
  ['a rotation', (pi) => pi.write('var/lib/fleet/identity/trial', 'new generations/1\n'), 'var/lib/fleet/identity/trial', 'a new certificate is being tried'],
])('while %s is under way it waits, and then begins', async (_case, begin, file, why) => {
  const pi = await device()
  await begin(pi)
  const running = pi.run()
  await vi.waitFor(async () => expect(await pi.answer()).toBe(`waiting 2026-11 1 ${why}\n`))
  expect(await pi.calls('apt-get')).toEqual([])
  await rm(pi.path(file))
  expect((await running).code).toBe(0)
  await expectDone(pi)
})

test.each(['', 'update', 'update  when-needed', 'update 2026-11', 'update 2026-11 always', 'update ../../x never', 'update .x never', 'update a b never', 'update $(reboot) never', `update ${'x'.repeat(70)} never`, 'reboot now'])('the request %j is none', async (request) => {
  const pi = await device({ request })
  expect((await pi.run()).code).toBe(0)
  expect(await pi.lines('calls')).toEqual([])
  expect(await pi.answer()).toBeUndefined()
})

test('a request that is a link to a file of the host is not read', async () => {
  const pi = await device()
  await pi.write('secret', 'update 2026-11 never\n')
  await rm(pi.path('var/lib/fleet/os-update/component/request'))
  await symlink(pi.path('secret'), pi.path('var/lib/fleet/os-update/component/request'))
  await pi.run()
  expect(await pi.lines('calls')).toEqual([])
})

/** What holds at every instant: «done» is said only when every package is as it shall be, and in a later boot than the one of the upgrade. */
async function expectHonest(pi: Device): Promise<void> {
  if ((await pi.answer())?.startsWith('done') !== true) return
  expect((await pi.packages()).filter((line) => !line.includes('linux-image'))).toEqual(UPGRADED)
  expect(await pi.lines('proc/sys/kernel/random/boot_id')).not.toEqual((await pi.lines('upgraded-in')).slice(-1))
}

test('the power cut before any write: nothing is said to be done that is not, and the next boots bring it to its end', async () => {
  const whole = await device({ needsReboot: true })
  const first = (await whole.run()).writes
  await whole.boot()
  const second = (await whole.run()).writes
  expect(first.length).toBeGreaterThan(40)
  const cuts = [first, second].flatMap((writes, boots) => writes.flatMap((write, index) => (/^(sync|chmod)/.test(write) ? [] : [{ boots, cutAt: index + 1 }]))) // here a cut before a sync is one before what follows it
  const bench = async () => {
    for (let cut = cuts.shift(); cut !== undefined; cut = cuts.shift()) await cutAndCarryOn(cut.boots, cut.cutAt)
  }
  await Promise.all([bench(), bench(), bench()])
})

async function cutAndCarryOn(boots: number, cutAt: number): Promise<void> {
  const pi = await device({ needsReboot: true })
  for (let boot = 0; boot < boots; boot++) {
    await pi.run()
    await pi.boot()
  }
  const cut = await pi.run(cutAt)
  await expectHonest(pi)
  for (let boot = 0; boot < 4; boot++) {
    await pi.boot()
    const { code } = await pi.run()
    await expectHonest(pi)
    if (code === 0) break
  }
  await expectDone(pi, CHANGED_WITH_KERNEL)
  expect((await pi.lines('reboots')).length, `after a cut before ${cut.writes.at(-1) ?? ''}`).toBeLessThan(2) // the cut itself can be the reboot
}

test('cut again and again, it comes to an end', async () => {
  const pi = await device({ needsReboot: true })
  for (let cutAt = 4; (await pi.run(cutAt)).code !== 0; cutAt += 3) {
    await expectHonest(pi)
    await pi.boot()
  }
  await expectDone(pi, CHANGED_WITH_KERNEL)
})
