// components/rotator-bundle.test.ts: the rotator as it is shipped: one process that carries out a whole rotation, in little memory.
import { spawn } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { folderStore } from '@fleet/device-runtime/files/file-store'
import { nucleusIpc } from '@fleet/device-runtime/testing/nucleus-ipc'
import { temporaryFolder } from '@fleet/device-runtime/testing/temporary-folder'
import { expect, test, vi } from 'vitest'
import { bundleComponent } from '../ops/src/release/component-bundle.ts'
import { imageSettings } from '../ops/src/release/dockerfile.ts'
import { hostUnit, rotationCloud } from './cert-rotator/src/testing.ts'

const THING = '10000000a1b2c3d4'
/** Its own memory. The pages of Node and of the SDK's addon come on top (some 45 MB), once for all components that run. */
const MOST_OWN_MB = 22

/** The addon of this machine instead of the device's, as the sandbox's `docker` does it. */
function hostAddon(): string {
  const sdk = createRequire(createRequire(import.meta.url).resolve('@fleet/device-runtime/run-component')).resolve('aws-crt/package.json')
  const { platform, arch } = process
  return join(sdk, '../dist/bin', `${platform}-${arch}-${platform === 'linux' ? 'glibc' : 'cruntime'}`, 'aws-crt-nodejs.node')
}

/** Flags and environment of the image. */
async function asTheImageSays() {
  const { entryPoint, environment } = imageSettings(await readFile(join(import.meta.dirname, 'Dockerfile'), 'utf8'))
  return { flags: entryPoint.slice(1, -1), environment: Object.fromEntries(environment.map((line) => line.split('='))) as Record<string, string> }
}

async function asTheRecipeRunsIt(): Promise<{ readonly NODE_OPTIONS: string }> {
  const [, options = ''] = /--env NODE_OPTIONS=(\S+)/.exec(await readFile(join(import.meta.dirname, 'cert-rotator/recipe.yaml'), 'utf8')) ?? []
  expect(options).not.toBe('')
  return { NODE_OPTIONS: options }
}

test('a whole rotation in one process, in little memory, with no key in its log', async () => {
  await using folder = await temporaryFolder()
  await using nucleus = await nucleusIpc({})
  const [own, hosts] = [join(folder.path, 'rotator'), join(folder.path, 'host')]
  for (const path of [own, hosts]) await mkdir(path)
  await bundleComponent(join(import.meta.dirname, 'cert-rotator'), { outFolder: folder.path })
  const cloud = rotationCloud(nucleus.cloud, THING)
  const doWish = hostUnit(folderStore(own), folderStore(hosts), cloud)
  const environment = { AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT: nucleus.socketPath, SVCUID: nucleus.token, AWS_IOT_THING_NAME: THING, FLEET_DATA: own, FLEET_HOST: hosts }
  const image = await asTheImageSays()
  const env = { ...image.environment, PATH: process.env['PATH'], AWS_CRT_NODEJS_BINARY_ABSOLUTE_PATH: hostAddon(), ...environment, ...(await asTheRecipeRunsIt()) }
  const child = spawn(process.execPath, [...image.flags, join(folder.path, 'main.cjs')], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  await vi.waitFor(async () => {
    await doWish()
    expect(cloud.status, said).toBe('SUCCEEDED')
  })
  expect(cloud.retired).toEqual([cloud.old])
  if (process.platform === 'linux') {
    const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(await readFile(`/proc/${child.pid}/status`, 'utf8')) ?? []
    expect(Number(kilobytes) / 1024).toBeLessThan(MOST_OWN_MB)
  }
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  expect(said).toContain('"phase":"retiring"')
  expect(said).not.toMatch(/PRIVATE KEY|BEGIN CERTIFICATE/)
})
