// components/recipes.test.ts: every recipe: exact versions, no privileges, and exactly the grants that the component uses when it runs.
import { spawnSync } from 'node:child_process'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { COMPONENTS, componentName, type ComponentFolder } from '@fleet/contract/names'
import { RECIPE_PLACEHOLDERS } from '@fleet/contract/release'
import { ButtonSettings, HealthSettings, LedSettings, OsUpdateSettings, RotatorSettings } from '@fleet/contract/settings'
import { local as localTopics, shadows } from '@fleet/contract/topics'
import { WIRING } from '@fleet/contract/wiring'
import { folderStore } from '@fleet/device-runtime/files/file-store'
import { manualClock } from '@fleet/device-runtime/testing/manual-clock'
import { recordedCloudBus, recordedLocalBus } from '@fleet/device-runtime/testing/recorded-bus'
import { shadowService } from '@fleet/device-runtime/testing/shadow-service'
import { simulatedBoard } from '@fleet/device-runtime/testing/simulated-board'
import { temporaryFolder } from '@fleet/device-runtime/testing/temporary-folder'
import { silentLog } from '@fleet/log'
import { describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { start as startButton } from './button/src/start.ts'
import { start as startRotator } from './cert-rotator/src/start.ts'
import { hostUnit, rotationCloud } from './cert-rotator/src/testing.ts'
import { start as startHealth } from './health/src/start.ts'
import { start as startLed } from './led/src/start.ts'
import { start as startOsUpdate } from './os-update/src/start.ts'

const THING = '10000000a1b2c3d4'
const RULE = 'any_rule'
const settings = { led: LedSettings, button: ButtonSettings, 'cert-rotator': RotatorSettings, 'os-update': OsUpdateSettings, health: HealthSettings } satisfies Record<ComponentFolder, unknown>
/** How its container reaches the world, beside nucleus and data. */
const mounts: Record<ComponentFolder, { readonly devices: readonly string[]; readonly data: string; readonly host?: readonly string[] }> = {
  led: { devices: ['"$chip"'], data: 'fleetwright.led:/data' },
  button: { devices: ['"$chip"'], data: 'fleetwright.button:/data' },
  'cert-rotator': { devices: [], data: '/var/lib/fleet/rotation:/exchange' },
  'os-update': { devices: [], data: '/var/lib/fleet/os-update:/exchange' },
  health: { devices: [], data: 'fleetwright.health:/data', host: [...['stat', 'meminfo', 'uptime', 'sys/kernel/random/boot_id'].map((file) => `/proc/${file}:/host/proc/${file}:ro`), '/sys:/host/sys:ro'] },
}

const Policy = z.strictObject({ policyDescription: z.string(), operations: z.array(z.string()).length(1), resources: z.array(z.string()).min(1) })
const Recipe = z.strictObject({
  RecipeFormatVersion: z.literal('2020-01-25'),
  ComponentName: z.string(),
  ComponentVersion: z.string(),
  ComponentType: z.literal('aws.greengrass.generic'),
  ComponentDescription: z.string(),
  ComponentPublisher: z.string(),
  ComponentConfiguration: z.strictObject({ DefaultConfiguration: z.looseObject({ accessControl: z.record(z.string(), z.record(z.string(), Policy)) }) }),
  ComponentDependencies: z.record(z.string(), z.strictObject({ VersionRequirement: z.string().regex(/^~\d+\.\d+\.\d+$/), DependencyType: z.enum(['HARD', 'SOFT']) })),
  Manifests: z.tuple([
    z.strictObject({
      Platform: z.strictObject({ os: z.literal('linux'), architecture: z.literal('aarch64'), runtime: z.literal('*') }),
      Artifacts: z.tuple([z.strictObject({ Uri: z.string() })]),
      Lifecycle: z.strictObject({ install: z.strictObject({ Script: z.string(), Timeout: z.number().int() }), run: z.strictObject({ Script: z.string() }), shutdown: z.strictObject({ Script: z.string(), Timeout: z.number().int() }) }), // no RequiresPrivilege
    }),
  ]),
})

async function recipeOf(folder: string) {
  const text = await readFile(join(import.meta.dirname, folder, 'recipe.yaml'), 'utf8')
  const recipe = Recipe.parse(parse(text))
  const { accessControl, ...settings } = recipe.ComponentConfiguration.DefaultConfiguration
  const [manifest] = recipe.Manifests
  return { text, recipe, settings, policies: Object.values(accessControl).flatMap((list) => Object.entries(list)), manifest, run: manifest.Lifecycle.run.Script }
}

/** Topics by operation, as the recipe grants them to this thing. */
function granted(policies: [string, z.infer<typeof Policy>][]): Record<string, string[]> {
  const topics = policies.flatMap(([, { operations, resources }]) => resources.map((resource) => [String(operations[0]), resource.replace('{iot:thingName}', THING)] as const))
  return Object.fromEntries(Object.entries(Object.groupBy(topics, ([operation]) => operation)).map(([operation, list]) => [operation, (list ?? []).map(([, topic]) => topic).sort()]))
}

/** Topics by operation, as the component used them while it did all that it can do. */
async function used(folder: ComponentFolder): Promise<Record<string, string[]>> {
  await using data = await temporaryFolder()
  const over = new AbortController()
  const [local, cloud] = [recordedLocalBus(), recordedCloudBus()]
  const surroundings = { data: data.path, local, cloud, signal: over.signal }
  const { running, isDone } = folder === 'cert-rotator' ? rotating(surroundings) : folder === 'os-update' ? updating(surroundings) : folder === 'health' ? measuring(surroundings) : using(folder, surroundings)
  await vi.waitFor(async () => expect(await isDone()).toBe(true), { interval: 10 })
  over.abort(new Error('the test is over'))
  await running
  const published = (sent: readonly { topic: string }[]) => [...new Set(sent.map(({ topic }) => topic.replace(`/${RULE}/`, '/*/').replace(/\/rotate-[^/]+\//, '/*/')))].sort()
  const all = {
    'aws.greengrass#PublishToTopic': published(local.sent),
    'aws.greengrass#SubscribeToTopic': [...local.topics].sort(),
    'aws.greengrass#PublishToIoTCore': published(cloud.sent),
    'aws.greengrass#SubscribeToIoTCore': [...cloud.topics].sort(),
  }
  return Object.fromEntries(Object.entries(all).filter(([, topics]) => topics.length > 0))
}

interface Surroundings {
  readonly data: string
  readonly local: ReturnType<typeof recordedLocalBus>
  readonly cloud: ReturnType<typeof recordedCloudBus>
  readonly signal: AbortSignal
}

interface Used {
  readonly running: Promise<void>
  readonly isDone: () => boolean | Promise<boolean>
}

/** Led and button: their shadow, a press, an event. */
function using(folder: 'led' | 'button', { data, local, cloud, signal }: Surroundings): Used {
  const clock = manualClock()
  const board = simulatedBoard(clock)
  const shadow = shadowService(cloud, shadows[folder], THING)
  const context = { thing: THING, settings: { telemetryRule: RULE, alarmRule: RULE }, log: silentLog, clock, files: folderStore(data), gpio: board, local, cloud }
  const begun = folder === 'led' ? context.files.replace('fault', 'told before').then(() => startLed(context, signal)) : startButton(context, signal)
  let isPressed = false
  return {
    running: begun,
    isDone() {
      if (shadow.reported === undefined) return false
      if (!isPressed) {
        isPressed = true
        board.input(WIRING.button, 0)
        local.receive(localTopics.buttonPressed, { presses: 1, on: false, at: clock.now().toISOString() })
      }
      return local.sent.length > 0 && cloud.sent.some(({ topic }) => topic === `$aws/rules/${RULE}/fleet/${THING}/telemetry/${folder}`)
    },
  }
}

/** The update: one, that is done at once. */
function updating({ data, cloud, signal }: Surroundings): Used {
  const files = folderStore(data)
  const clock = manualClock()
  const shadow = shadowService(cloud, shadows.osUpdate, THING)
  const settings = { telemetryRule: RULE, id: '2026-11', reboot: 'when-needed' as const }
  return {
    running: startOsUpdate({ thing: THING, settings, log: silentLog, clock, files, host: files, cloud }, signal),
    async isDone() {
      await clock.advance(1000)
      await files.replace('answer', 'done 2026-11 1 0 complete\n')
      return shadow.reported?.['state'] === 'done'
    },
  }
}

/** Health: a report, and each of its alarms. */
function measuring({ data, cloud, signal }: Surroundings): Used {
  const clock = manualClock()
  const files = folderStore(data)
  const host = { read: async (name: string) => (name.endsWith('thermal_zone0/temp') ? '85000\n' : undefined) }
  const settings = HealthSettings.parse({ telemetryRule: RULE, alarmRule: RULE })
  return {
    running: startHealth({ thing: THING, settings, log: silentLog, clock, files, host, cloud, diskUsage: async () => 95 }, signal),
    async isDone() {
      await clock.advance(10_000)
      return cloud.sent.length >= 3
    },
  }
}

/** The rotator: one rotation, from the job to its end. */
function rotating({ data, cloud, signal }: Surroundings): Used {
  const files = folderStore(data)
  const clock = manualClock()
  const service = rotationCloud(cloud, THING)
  const doWish = hostUnit(files, files, service)
  return {
    running: startRotator({ thing: THING, log: silentLog, clock, files, host: files, cloud }, signal),
    async isDone() {
      await clock.advance(1000)
      await doWish()
      return service.status === 'SUCCEEDED'
    },
  }
}

describe.each(COMPONENTS)('%s', (folder) => {
  test('is named by its folder; version and image come from the release', async () => {
    const { recipe, manifest, run, text } = await recipeOf(folder)
    expect(recipe.ComponentName).toBe(componentName(folder))
    expect(recipe.ComponentVersion).toBe(RECIPE_PLACEHOLDERS.version)
    expect(manifest.Artifacts[0].Uri).toBe(`docker:${RECIPE_PLACEHOLDERS.image}`)
    expect(run.trimEnd().split(/\s+/).at(-1)).toBe(RECIPE_PLACEHOLDERS.image)
    expect(text).not.toMatch(/latest/)
  })

  test('its default settings are those of the schema', async () => {
    const { settings: defaults } = await recipeOf(folder)
    expect(defaults).toEqual(settings[folder].parse({}))
  })

  test('is granted exactly the topics that it uses', async () => {
    const { policies } = await recipeOf(folder)
    expect(granted(policies)).toEqual(await used(folder))
  })

  test('every policy has an id of its own, named by the component', async () => {
    const { policies } = await recipeOf(folder)
    const ids = policies.map(([id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(new RegExp(`^${componentName(folder)}:(pubsub|mqttproxy):\\d$`))
  })

  test('its container has no privileges, its own device, its own data and the nucleus, and nothing else', async () => {
    const { run } = await recipeOf(folder)
    const words = run.slice(run.indexOf('docker run')).matchAll(/--([a-z-]+)(?: +((?!--)\S+|"[^"]*"))?/g)
    const options = new Map([...words].map(([, name, value]) => [name, value]))
    expect(Object.fromEntries(options)).toMatchObject({ 'cap-drop': 'ALL', 'security-opt': 'no-new-privileges', network: 'none', user: '10001:10001', pull: 'never' })
    expect(Object.fromEntries(options)).toMatchObject({ 'pids-limit': '32', memory: '128m' })
    expect(options.has('read-only')).toBe(true)
    for (const forbidden of ['privileged', 'cap-add', 'pid', 'ipc', 'userns', 'publish', 'restart', 'detach']) expect(options.has(forbidden)).toBe(false)
    const values = (name: string) => [...run.matchAll(new RegExp(`--${name} +("[^"]*"|\\S+)`, 'g'))].map(([, value]) => value)
    expect(values('device')).toEqual(mounts[folder].devices)
    expect(values('volume')).toEqual([...(mounts[folder].host ?? []), mounts[folder].data, '"$AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT:/run/nucleus.socket"'])
  })

  test('its scripts use no recipe variable: what looks like one the nucleus would replace', async () => {
    const { manifest } = await recipeOf(folder)
    for (const { Script } of Object.values(manifest.Lifecycle)) expect(Script).not.toMatch(/\{[\w.-]+:[^:}]*\}/)
  })

  test('its scripts remove what a killed run has left, run the container, and stop it', async () => {
    const { manifest, run } = await recipeOf(folder)
    const calls = await dockerCalls(run)
    expect(calls[0]).toBe(`rm --force ${componentName(folder)}`)
    const device = mounts[folder].devices.length === 0 ? '' : '.*--group-add \\d+ --device /dev/gpiochip\\d+ --env FLEET_GPIO=/dev/gpiochip\\d+'
    expect(calls[1]).toMatch(new RegExp(`^run --rm --name ${componentName(folder)} ${device}.*${RECIPE_PLACEHOLDERS.image}$`))
    const [check = '', ...more] = await dockerCalls(manifest.Lifecycle.install.Script)
    expect(more).toEqual([])
    expect(check).toMatch(new RegExp(`^run --rm --pull never .*--read-only --cap-drop ALL --security-opt no-new-privileges --network none .*--user 10001:10001 ${RECIPE_PLACEHOLDERS.image} --check$`))
    expect(await dockerCalls(manifest.Lifecycle.shutdown.Script)).toEqual([`stop --time 10 ${componentName(folder)}`])
  })
})

/** Runs a script as the nucleus does, with a docker that writes down how it is called. */
async function dockerCalls(script: string): Promise<string[]> {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'docker'), `#!/bin/sh\necho "$*" >> '${join(folder.path, 'calls')}'\n`)
  await chmod(join(folder.path, 'docker'), 0o755)
  const env = { PATH: [folder.path, process.env.PATH].join(delimiter), AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT: '/greengrass/v2/ipc.socket' }
  const { status, stderr } = spawnSync('sh', ['-c', script], { env, encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return (await readFile(join(folder.path, 'calls'), 'utf8')).trimEnd().split('\n')
}

describe('the image', async () => {
  const dockerfile = await readFile(join(import.meta.dirname, 'Dockerfile'), 'utf8')

  test('stands on a base that is pinned by digest, with the Node that everything here runs on', async () => {
    const workspace = z.looseObject({ catalog: z.looseObject({ node: z.string() }) }).parse(parse(await readFile(join(import.meta.dirname, '../pnpm-workspace.yaml'), 'utf8')))
    expect(/^ARG NODE_IMAGE=(.*)$/m.exec(dockerfile)?.[1]).toMatch(new RegExp(`^docker.io/library/node:${workspace.catalog.node}-trixie-slim@sha256:[0-9a-f]{64}$`))
    expect(dockerfile.match(/^FROM .*$/gm)).toEqual(['FROM ${NODE_IMAGE} AS parts', 'FROM scratch'])
  })

  test('has what all components share below what is a component’s own: Docker shares a layer only where all below it is the same', () => {
    expect(dockerfile.match(/^(?:COPY|ARG) .*$/gm)?.slice(-3)).toEqual(['ARG COMPONENT', 'COPY ${COMPONENT}/dist/aws-crt-nodejs.node /app/', 'COPY ${COMPONENT}/dist/main.cjs /app/'])
  })

  test('runs as the user that the recipes name, who owns the data', () => {
    expect(dockerfile).toContain('USER 10001:10001')
    expect(dockerfile).toContain("mkdirSync('/data', { mode: 0o700 }), fs.chownSync('/data', 10001, 10001)")
  })
})
