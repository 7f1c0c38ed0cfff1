// ops/src/image/nucleus-folder.test.ts: a nucleus that Amazon has not signed does not get into an image; asked of the real jarsigner.
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { nucleusFolder, PLUGIN_NAME } from './nucleus-folder.ts'
import { runTool } from './tool.ts'

const hasTools = ['jarsigner', 'keytool', 'jar', 'unzip'].every((tool) => spawnSync(tool, ['-help']).error === undefined)

/** A zip as AWS's, with a jar that is signed, or not, by somebody who calls himself Amazon. */
async function published(isSigned: boolean) {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-nucleus-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'dist/lib'), { recursive: true })
  await writeFile(join(folder, 'a.txt'), 'a')
  const jar = join(folder, 'dist/lib/Greengrass.jar')
  await runTool('jar', ['cf', jar, '-C', folder, 'a.txt'])
  if (isSigned) {
    const store = ['-keystore', join(folder, 'keys'), '-storepass', 'secret']
    await runTool('keytool', ['-genkeypair', '-alias', 'a', '-keyalg', 'EC', '-dname', 'CN="Amazon Web Services, Inc.", O="Amazon Web Services, Inc."', ...store])
    await runTool('jarsigner', [...store, jar, 'a'])
  }
  await runTool('jar', ['cMf', join(folder, 'nucleus.zip'), '-C', join(folder, 'dist'), '.'])
  return { zip: join(folder, 'nucleus.zip'), plugin: jar, into: join(folder, 'out') }
}

test.skipIf(!hasTools).each([
  ['not signed', false, /unsigned/],
  ['signed by somebody who calls himself Amazon', true, /jarsigner failed/],
])('a nucleus that is %s is refused', async (_case, isSigned, why) => {
  const { zip, plugin, into } = await published(isSigned)
  await expect(nucleusFolder({ zip, plugin }, into)).rejects.toMatchObject({ code: 'IMAGE_SOURCE_WRONG', message: expect.stringMatching(why) as string })
  expect(PLUGIN_NAME).toBe('aws.greengrass.FleetProvisioningByClaim.jar') // as start-nucleus.sh calls it
})
