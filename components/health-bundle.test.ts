// components/health-bundle.test.ts: the health component as it is shipped: one process, as the recipe runs it, that reads a host's files and reports, in little memory.
import { spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { TelemetryBatch } from '@fleet/contract/telemetry'
import { alarms, telemetry } from '@fleet/contract/topics'
import { nucleusIpc, type NucleusIpc } from '@fleet/device-runtime/testing/nucleus-ipc'
import { temporaryFolder } from '@fleet/device-runtime/testing/temporary-folder'
import { expect, onTestFinished, test, vi } from 'vitest'
import * as z from 'zod'
import { bundleComponent } from '../ops/src/release/component-bundle.ts'

const THING = '10000000a1b2c3d4'
const [RULE, ALARM_RULE] = ['fleet_dev_telemetry', 'fleet_dev_alarm']
/** Its own memory. The pages of Node and of the SDK's addon come on top, once for all components that run. */
const MOST_OWN_MB = 40
const HOST = { 'proc/stat': 'cpu  100 0 100 700 100 0 0 0 0 0\n', 'proc/meminfo': 'MemTotal: 1000 kB\nMemAvailable: 750 kB\n', 'proc/uptime': '60.5 100.0\n', 'sys/class/thermal/thermal_zone0/temp': '91000\n' }

/** The addon of this machine instead of the device's, as the sandbox's `docker` does it. */
function hostAddon(): string {
  const sdk = createRequire(createRequire(import.meta.url).resolve('@fleet/device-runtime/run-component')).resolve('aws-crt/package.json')
  const { platform, arch } = process
  return join(sdk, '../dist/bin', `${platform}-${arch}-${platform === 'linux' ? 'glibc' : 'cruntime'}`, 'aws-crt-nodejs.node')
}

/** The bundle, a board's files, and a nucleus; `begin` switches it on. */
async function shipped(folder: string, nucleus: NucleusIpc) {
  const [own, host] = [join(folder, 'component'), join(folder, 'host')]
  await mkdir(own)
  for (const [name, text] of Object.entries(HOST)) {
    await mkdir(dirname(join(host, name)), { recursive: true })
    await writeFile(join(host, name), text)
  }
  await bundleComponent(join(import.meta.dirname, 'health'), { outFolder: folder })
  const environment = { AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT: nucleus.socketPath, SVCUID: nucleus.token, AWS_IOT_THING_NAME: THING, FLEET_DATA: own, FLEET_HOST: host, NODE_OPTIONS: '--jitless' }
  const begin = () => {
    const child = spawn(process.execPath, [join(folder, 'main.cjs')], { env: { PATH: process.env['PATH'], AWS_CRT_NODEJS_BINARY_ABSOLUTE_PATH: hostAddon(), ...environment }, stdio: ['ignore', 'pipe', 'inherit'] })
    const said: string[] = []
    child.stdout.setEncoding('utf8').on('data', (text: string) => void said.push(text))
    onTestFinished(() => void child.kill('SIGKILL'))
    return { child, said, ended: new Promise<number | null>((resolve) => child.on('close', resolve)) }
  }
  return { own, begin }
}

const minutesIn = async (own: string, name: string): Promise<unknown> => JSON.parse(await readFile(join(own, name), 'utf8'))

test('reports and raises an alarm within its first round; stopped, it keeps what was not confirmed, and ends with 0', async () => {
  await using folder = await temporaryFolder()
  await using nucleus = await nucleusIpc({ telemetryRule: RULE, alarmRule: ALARM_RULE, reportSeconds: 60, accessControl: {} })
  const { own, begin } = await shipped(folder.path, nucleus)
  const { child, said, ended } = begin()
  const sentTo = (topic: string) => nucleus.cloud.sent.filter((sent) => sent.topic === topic).map(({ message }) => message)
  await vi.waitFor(() => expect(sentTo(telemetry.health.of(RULE, THING)), said.join('')).toHaveLength(1))
  const [batch] = sentTo(telemetry.health.of(RULE, THING)).map((message) => TelemetryBatch.health.parse(message))
  expect(batch?.entries).toMatchObject([{ sequence: 1, memory: 25, disk: expect.any(Number) as number, temperature: { mean: 91, max: 91 }, uptime: 61 }])
  expect(sentTo(alarms['too-hot'].of(ALARM_RULE, THING))).toMatchObject([{ state: 'raised', measured: 91, limit: 80 }])
  if (process.platform === 'linux') {
    const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(await readFile(`/proc/${child.pid}/status`, 'utf8')) ?? []
    expect(Number(kilobytes) / 1024).toBeLessThan(MOST_OWN_MB)
  }
  child.kill('SIGTERM')
  expect(await ended, said.join('')).toBe(0)
  expect(await minutesIn(own, 'latest-minutes.json')).toMatchObject([{ sequence: 1 }])
})

test('the power goes while it is offline, a minute after it was rolled up: the minute is sent after all, in order, under its own number and time', { timeout: 90_000 }, async () => {
  await using folder = await temporaryFolder()
  await using nucleus = await nucleusIpc({ telemetryRule: RULE, alarmRule: ALARM_RULE, reportSeconds: 60, accessControl: {} })
  const { own, begin } = await shipped(folder.path, nucleus)
  nucleus.cloud.setOnline(false)
  const offline = begin()
  const [kept] = await vi.waitFor(async () => z.tuple([z.object({ sequence: z.literal(1), at: z.string() })]).parse(await minutesIn(own, 'latest-minutes.json')))
  offline.child.kill('SIGKILL')
  await offline.ended
  nucleus.cloud.setOnline(true)
  begin()
  const entries = () => nucleus.cloud.sent.filter(({ topic }) => topic === telemetry.health.of(RULE, THING)).flatMap(({ message }) => TelemetryBatch.health.parse(message).entries)
  await vi.waitFor(() => expect(entries()).toHaveLength(2))
  expect(entries()).toMatchObject([{ sequence: 1, at: kept.at }, { sequence: 2 }])
})
