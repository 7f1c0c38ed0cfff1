// os-image/test/provision.test.ts: provisioning makes a device of a fresh root, and the same one when it is killed at any of its steps and run again.
import { rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { freshRoot } from './fresh-root.ts'

test('nobody can log in by password or become root without one; what runs is ours', async () => {
  await using root = await freshRoot()
  expect((await root.provision()).code).toBe(0)
  const files = await root.files()
  expect(files['etc/passwd']).not.toContain('pi:')
  expect(files['etc/shadow']?.split('\n').filter((line) => !/^(?:600 )?\w*:[!*]|^$/.test(line))).toEqual([])
  expect(Object.keys(files).filter((name) => /sudoers\.d\/.+|ssh_host|home\/|var\/log\/|policy-rc\.d|resolv\.conf|\.new$/.test(name))).toEqual([])
  expect(files['etc/machine-id']).toBe('444 ')
  expect(files['etc/fstab']).toMatch(/ vfat defaults,noatime,flush,umask=0077,nofail,x-systemd\.device-timeout=10min /)
  expect(files['etc/fstab']).toMatch(/ ext4 defaults,noatime,commit=30 /)
  expect(files['usr/lib/fleet/first-boot/first-boot.sh']).toMatch(/^755 /)
  expect(files['usr/lib/fleet/nucleus/bin/loader']).toMatch(/^755 /)
  expect(files['usr/lib/fleet/host/card-registry.py']).toMatch(/^755 /)
  expect(Object.keys(files).filter((name) => name.startsWith('usr/lib/fleet/base-image/'))).toHaveLength(5)
  for (const unit of ['greengrass', 'fleet-first-boot', 'fleet-grow-root', 'fleet-base-image', 'docker', 'nftables', 'systemd-time-wait-sync']) expect(files[`traces/unit ${unit}.service`]).toContain('enable')
  expect(files['traces/unit fleet-identity.path']).toContain('enable')
  expect(files['traces/unit ssh.service']).toContain('disable')
  for (const name of ['docker.io', 'openjdk-21-jre-headless', 'unattended-upgrades']) expect(Object.keys(files)).toContain(`traces/package ${name}`)
})

test('a second run changes nothing', async () => {
  await using root = await freshRoot()
  await root.provision()
  const once = await root.files()
  expect((await root.provision()).code).toBe(0)
  expect(await root.files()).toEqual(once)
})

test('killed before each kind of write of each step, and run again: the same', async () => {
  await using whole = await freshRoot()
  const { writes } = await whole.provision()
  const expected = await whole.files()
  const cuts = kindsOf(writes)
  expect(cuts.length).toBeGreaterThan(15)
  await using root = await freshRoot()
  const codes: (number | null)[] = []
  for (const cutAt of cuts) codes.push((await root.provision(cutAt)).code)
  expect(codes.filter((code) => code === null).length).toBeGreaterThan(15) // what is done already is not written again, so the last cuts may lie behind the end
  expect((await root.provision()).code).toBe(0)
  expect(await root.files()).toEqual(expected)
})

test.each(['nucleus/lib/Greengrass.jar', 'base-image/index.json'])('without %s there is no image', async (name) => {
  await using root = await freshRoot()
  await rm(root.path(`../${name}`))
  expect((await root.provision()).code).not.toBe(0)
})

/** The first write of each kind, by command and place: what is repeated for every file is cut once. 1 is the first write. */
function kindsOf(writes: readonly string[]): number[] {
  const kinds = new Map<string, number>()
  writes.forEach((line, index) => {
    const [command = '', ...words] = line.split(' ')
    const place = /root\/(?:usr\/lib\/)?([\w.]+)/.exec(words.join(' '))?.[1] ?? ''
    if (!kinds.has(`${command} ${place}`)) kinds.set(`${command} ${place}`, index + 1)
  })
  return [...kinds.values()]
}
