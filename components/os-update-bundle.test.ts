// components/os-update-bundle.test.ts: the update of the operating system as it is shipped: one process, as the recipe runs it, in little memory.
import { spawn } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { shadows, telemetry } from '@fleet/contract/topics'
import { folderStore } from '@fleet/device-runtime/files/file-store'
import { nucleusIpc } from '@fleet/device-runtime/testing/nucleus-ipc'
import { shadowService } from '@fleet/device-runtime/testing/shadow-service'
import { temporaryFolder } from '@fleet/device-runtime/testing/temporary-folder'
import { expect, test, vi } from 'vitest'
import { bundleComponent } from '../ops/src/release/component-bundle.ts'

const THING = '10000000a1b2c3d4'
const RULE = 'fleet_dev_telemetry'
/** Its own memory. The pages of Node and of the SDK's addon come on top (some 40 MB), once for all components that run. */
const MOST_OWN_MB = 40

/** The addon of this machine instead of the device's, as the sandbox's `docker` does it. */
function hostAddon(): string {
  const sdk = createRequire(createRequire(import.meta.url).resolve('@fleet/device-runtime/run-component')).resolve('aws-crt/package.json')
  const { platform, arch } = process
  return join(sdk, '../dist/bin', `${platform}-${arch}-${platform === 'linux' ? 'glibc' : 'cruntime'}`, 'aws-crt-nodejs.node')
}

test('a push brings the id, without a restart of the process; asked once, reported when the host says so', async () => {
  await using folder = await temporaryFolder()
  await using nucleus = await nucleusIpc({ telemetryRule: RULE, id: '', accessControl: {} })
  const [own, hosts] = [join(folder.path, 'component'), join(folder.path, 'host')]
  for (const path of [own, hosts]) await mkdir(path)
  await bundleComponent(join(import.meta.dirname, 'os-update'), { outFolder: folder.path })
  const shadow = shadowService(nucleus.cloud, shadows.osUpdate, THING)
  const environment = { AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT: nucleus.socketPath, SVCUID: nucleus.token, AWS_IOT_THING_NAME: THING, FLEET_DATA: own, FLEET_HOST: hosts, NODE_OPTIONS: '--jitless' }
  const child = spawn(process.execPath, [join(folder.path, 'main.cjs')], { env: { PATH: process.env['PATH'], AWS_CRT_NODEJS_BINARY_ABSOLUTE_PATH: hostAddon(), ...environment }, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  await vi.waitFor(() => expect(nucleus.subscribed(), said).toContain(''))
  nucleus.configure({ telemetryRule: RULE, id: '2026-11', reboot: 'never' })
  const request = () => folderStore(own).read('request')
  await vi.waitFor(async () => expect(await request(), said).toBe('update 2026-11 never\n'))
  await folderStore(hosts).replace('changes', 'openssl 3.0.15-1 3.0.16-1\n')
  await folderStore(hosts).replace('answer', 'done 2026-11 1 1 reboot-pending\n')
  await vi.waitFor(() => expect(shadow.reported, said).toMatchObject({ id: '2026-11', state: 'done', changed: 1, rebootPending: true, packages: ['openssl 3.0.15-1 → 3.0.16-1'] }))
  expect(nucleus.cloud.sent.filter(({ topic }) => topic === telemetry.osUpdate.of(RULE, THING)).at(-1)?.message).toMatchObject({ entries: expect.arrayContaining([expect.objectContaining({ id: '2026-11', state: 'done' })]) })
  if (process.platform === 'linux') {
    const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(await readFile(`/proc/${child.pid}/status`, 'utf8')) ?? []
    expect(Number(kilobytes) / 1024).toBeLessThan(MOST_OWN_MB)
  }
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
})
