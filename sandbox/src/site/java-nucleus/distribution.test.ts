// sandbox/src/site/java-nucleus/distribution.test.ts: finds a nucleus that is whole, and says of any other what is missing.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findDistribution } from './distribution.ts'

const PARTS = ['lib/Greengrass.jar', 'bin/loader', 'conf/recipe.yaml', 'aws.greengrass.FleetProvisioningByClaim.jar', 'path/java']

function unpacked(parts: readonly string[]): { folder: string; path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-nucleus-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const part of parts) {
    mkdirSync(join(folder, part, '..'), { recursive: true })
    writeFileSync(join(folder, part), '')
    chmodSync(join(folder, part), 0o755)
  }
  return { folder, path: join(folder, 'path') }
}

test('a whole one is found, with the java of the path', () => {
  const { folder, path } = unpacked(PARTS)
  expect(findDistribution({ FLEET_NUCLEUS_DIST: folder, PATH: `/nowhere:${path}` })).toEqual({ isThere: true, folder, java: join(path, 'java') })
})

test.each([
  ['no name', PARTS, () => '', 'does not name the folder'],
  ['a relative path', PARTS, () => 'nucleus', 'not an absolute path'],
  ['no claim plugin', PARTS.filter((part) => !part.startsWith('aws')), (folder: string) => folder, 'no aws.greengrass.FleetProvisioningByClaim.jar'],
  ['no java', PARTS.filter((part) => !part.endsWith('java')), (folder: string) => folder, 'no java on PATH'],
])('%s is told', (_case, parts, named, why) => {
  const { folder, path } = unpacked(parts)
  expect(findDistribution({ FLEET_NUCLEUS_DIST: named(folder), PATH: path })).toEqual({ isThere: false, why: expect.stringContaining(why) as string })
})
