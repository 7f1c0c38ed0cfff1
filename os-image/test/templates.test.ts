// os-image/test/templates.test.ts: Packer takes the templates; both flavours run the same provisioning, and the Pi's is pinned.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const packerFolder = join(import.meta.dirname, '../packer')
const text = (name: string) => readFileSync(join(packerFolder, name), 'utf8')

function packer(...words: readonly string[]) {
  const home = mkdtempSync(join(tmpdir(), 'fleet-packer-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  return spawnSync('packer', words, { encoding: 'utf8', env: { PATH: process.env['PATH'], CHECKPOINT_DISABLE: '1', PACKER_CONFIG_DIR: home, HOME: home } })
}
const hasPacker = spawnSync('packer', ['version'], { env: { PATH: process.env['PATH'], CHECKPOINT_DISABLE: '1' } }).error === undefined

test.skipIf(!hasPacker)('Packer takes the template of builtin builders whole, that of the Pi by its syntax: its plugin is another download', () => {
  const generic = packer('validate', '-var', 'base_image=localhost/base', '-var', 'out=/tmp', '-var', `nucleus=${packerFolder}`, '-var', `component_base=${packerFolder}`, '-var', `os_image=${packerFolder}`, join(packerFolder, 'generic'))
  expect(`${generic.stdout}${generic.stderr}`).not.toMatch(/error/i)
  expect(generic.status).toBe(0)
  expect(packer('validate', '-syntax-only', join(packerFolder, 'pi/pi.pkr.hcl'))).toMatchObject({ status: 0 })
  expect(packer('validate', '-syntax-only', join(import.meta.dirname, 'power-cut.sh')).status).not.toBe(0) // it does look
})

test.each(['pi/pi.pkr.hcl', 'generic/generic.pkr.hcl'])('%s runs provision.sh, and nothing of its own that changes the image', (name) => {
  const commands = [...text(name).matchAll(/inline\s+= \[(.*)\]/g)].map(([, list = '']) => list)
  expect(commands).toEqual([expect.stringMatching(/^"mkdir -p /), '"sh /tmp/fleet/os-image/provision/provision.sh", "rm -rf /tmp/fleet"'])
})

test('the Pi is built from an image that is checked against its pin', () => {
  expect(text('pi/pi.pkr.hcl')).toMatch(/iso_checksum\s+= "sha256:\$\{var\.os_sha256\}"/)
  for (const file of ['pi/plugins.pkr.hcl', 'generic-plugins/plugins.pkr.hcl']) expect(text(file)).toMatch(/version = "\d+\.\d+\.\d+"/)
})
