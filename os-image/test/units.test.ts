// os-image/test/units.test.ts: what other programs say of the scripts and units: shellcheck and systemd, where they are installed.
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { BootSettings } from '@fleet/contract/boot-settings'
import { expect, test } from 'vitest'

const root = new URL('../..', import.meta.url)
const files = (pattern: string) => globSync(pattern, { cwd: root })
const has = (command: string) => spawnSync(command, ['--version']).error === undefined

test.skipIf(!has('shellcheck'))('shellcheck has nothing to say', () => {
  const { stdout, status } = spawnSync('shellcheck', ['-x', ...files('os-image/**/*.sh')], { cwd: root, encoding: 'utf8' })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})

test.skipIf(!has('systemd-analyze'))('systemd finds no fault in the units; first boot is well enclosed', () => {
  const units = files('os-image/**/*.service')
  expect(units.length).toBeGreaterThan(1)
  const verified = spawnSync('systemd-analyze', ['verify', '--recursive-errors=no', ...units], { cwd: root, encoding: 'utf8' })
  expect(verified.stderr.split('\n').filter((line) => line.includes('.service') && !line.includes('is not executable'))).toEqual([])
  const rated = spawnSync('systemd-analyze', ['security', '--offline=true', 'os-image/first-boot/fleet-first-boot.service'], { cwd: root, encoding: 'utf8' })
  expect(Number(/exposure level for \S+: ([\d.]+)/.exec(rated.stdout)?.[1])).toBeLessThan(2)
})

test('settings.sh reads the keys that the contract has', () => {
  const text = readFileSync(new URL('os-image/first-boot/settings.sh', root), 'utf8')
  const keys = /for key in ([A-Z_ ]+); do/.exec(text)?.[1]?.split(' ')
  expect(keys).toEqual(Object.keys(BootSettings.shape))
})
