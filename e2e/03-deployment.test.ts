// e2e/03-deployment.test.ts: what is released reaches the devices by itself, and only what has changed is touched; what crashes comes back.
import { execFileSync } from 'node:child_process'
import { GetCoreDeviceCommand, ListEffectiveDeploymentsCommand, ListInstalledComponentsCommand } from '@aws-sdk/client-greengrassv2'
import { chosenEngine } from '@fleet/ops/deploy/choose-engine'
import { deploy } from '@fleet/ops/deploy/deploy'
import { chosenBuilder } from '@fleet/ops/release/choose-builder'
import { allComponents, type ComponentSource } from '@fleet/ops/release/component-source'
import { contentDigest, versionOf } from '@fleet/ops/release/content-digest'
import { publishRelease } from '@fleet/ops/release/publish-release'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { running, runningSandbox, serial, type RunningSandbox } from './running-sandbox.ts'

const [ONE, OTHER, LATE] = [serial(1), serial(2), serial(3)]

let sandbox: RunningSandbox
beforeAll(async () => {
  sandbox = await runningSandbox({ allowed: [ONE, OTHER, LATE], pis: 2 })
})
afterAll(() => sandbox[Symbol.asyncDispose]())

const installed = async (serial: string) => {
  const { installedComponents = [] } = await sandbox.greengrass.send(new ListInstalledComponentsCommand({ coreDeviceThingName: serial, topologyFilter: 'ALL' }))
  return Object.fromEntries(installedComponents.filter(({ componentName = '' }) => componentName.startsWith('fleetwright.')).map(({ componentName = '', componentVersion, lifecycleState }) => [componentName, `${componentVersion ?? ''} ${lifecycleState ?? ''}`]))
}
const released = async () => Object.fromEntries((await allComponents()).map(({ name, version }) => [name, `${version} RUNNING`]))

test('the cloud knows what each device runs, as it was released', async () => {
  const expected = await released()
  for (const serial of [ONE, OTHER]) {
    await expect.poll(() => installed(serial)).toEqual(expected)
    const { effectiveDeployments = [] } = await sandbox.greengrass.send(new ListEffectiveDeploymentsCommand({ coreDeviceThingName: serial }))
    expect(effectiveDeployments[0]).toMatchObject({ coreDeviceExecutionStatus: 'SUCCEEDED', deploymentName: 'fleet-dev' })
    expect((await sandbox.greengrass.send(new GetCoreDeviceCommand({ coreDeviceThingName: serial }))).status).toBe('HEALTHY')
  }
})

test('a device that joins later gets what the others have', async () => {
  await sandbox.powerOn(LATE)
  await sandbox.until(LATE, 'running', running, 60_000)
  const expected = await released()
  await expect.poll(() => installed(LATE)).toEqual(expected)
})

/** Pids of the processes whose command line or environment says these words. */
function processesOf(...words: readonly string[]): number[] {
  const lines = execFileSync('ps', ['axeww', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n')
  return lines.filter((line) => words.every((word) => line.includes(word))).map((line) => Number.parseInt(line, 10))
}
const component = (serial: string, name: string) => processesOf('main.cjs', `AWS_IOT_THING_NAME=${serial}`, name)

test('a component that is killed is started again', async () => {
  const [before = 0] = component(ONE, 'fleetwright.led')
  expect(before).toBeGreaterThan(0)
  process.kill(before, 'SIGKILL')
  await expect.poll(() => component(ONE, 'fleetwright.led').filter((pid) => pid !== before)).toHaveLength(1)
  await sandbox.until(ONE, 'running again', running)
})

test('a release with one changed component: one image, one version, and the other component goes on untouched', async () => {
  const button = component(OTHER, 'fleetwright.button')
  const sources = (await allComponents()).map((source) => (source.name === 'fleetwright.led' ? changed(source) : source))
  const led = sources.find(({ name }) => name === 'fleetwright.led')
  const built: string[] = []
  const builder = async () => {
    const { name, publish } = await chosenBuilder(sandbox.target, undefined)
    return { name, publish: (request: Parameters<typeof publish>[0]) => (built.push(request.source.name), publish(request)) }
  }
  await publishRelease(sandbox.target, { builder, sources: async () => sources })
  expect(built).toEqual(['fleetwright.led'])
  const { changes } = await deploy(sandbox.target, { engine: chosenEngine(sandbox.target, {}) })
  expect(changes.map(({ operation, name }) => `${operation} ${name}`).sort()).toEqual(['replace deployment-fleetwright.led', 'replace deployment-release'])
  for (const serial of [ONE, OTHER, LATE]) {
    await sandbox.until(serial, 'running the new version', ({ stand }) => stand.components.some(({ name, version, state }) => name === led?.name && version === led.version && state === 'RUNNING'), 60_000)
    await sandbox.until(serial, 'running all', running)
  }
  expect(component(OTHER, 'fleetwright.button')).toEqual(button)
})

/** The same program, with a word more in it. */
function changed(source: ComponentSource): ComponentSource {
  const files = source.files.map((file) => (file.name === 'main.cjs' ? { ...file, bytes: Buffer.concat([file.bytes, Buffer.from('\n// another release\n')]) } : file))
  const parts = [{ name: 'recipe.yaml', bytes: Buffer.from(source.recipe) }, { name: 'Dockerfile', bytes: Buffer.from(source.dockerfile) }, ...files.map(({ name, bytes }) => ({ name: `app/${name}`, bytes }))]
  const packageVersion = `${source.version.split('.').slice(0, 2).join('.')}.0`
  const digest = contentDigest(packageVersion, parts)
  return { ...source, files, contentDigest: digest, version: versionOf(packageVersion, digest) }
}
