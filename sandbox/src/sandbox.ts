// sandbox/src/sandbox.ts: the sandbox as one whole: a cloud, an operator's work in it, and the Pis that stand beside it.
import { join } from 'node:path'
import type { Allowlist } from '@fleet/contract/allowlist'
import type { ConsoleSettings } from '@fleet/contract/console-settings'
import type { FleetError } from '@fleet/contract/errors'
import type { SandboxEndpoints } from '@fleet/contract/sandbox-endpoints'
import type { SerialNumber } from '@fleet/contract/serial-number'
import { jsonLog } from '@fleet/log'
import { readListFile } from '@fleet/ops/allowlist/list-file'
import { poolsIn } from '@fleet/ops/console/pools'
import { asFleetError } from '@fleet/ops/shell/failure'
import { readStageFile } from '@fleet/ops/stack/stage-file'
import { REPOSITORY } from '@fleet/ops/target/repository'
import { sandboxTarget, type Target } from '@fleet/ops/target/target'
import { allRun } from './opening/all-run.ts'
import { allowlistAddition } from './opening/allowlist-addition.ts'
import { openConsoleAccess } from './opening/console-access.ts'
import { deployedPage } from './opening/deployed-page.ts'
import { portInUse, startCloud } from './opening/cloud-process.ts'
import { endpointsOf, gatewayOf, publishEndpoints } from './opening/endpoints-file.ts'
import { imageFor } from './opening/flash.ts'
import { operator, type Release } from './opening/operator.ts'
import { onPorts, portMemory, type Ports } from './opening/ports.ts'
import { serialsFor } from './opening/serials.ts'
import { openStateFolder, type StateFolder } from './opening/state-folder.ts'
import { stepsOf } from './opening/steps.ts'
import { ConsolePortTaken, openControl } from './control/control.ts'
import { starting, type AskPage } from './control/page.ts'
import { deployBadRelease } from './faults/bad-release.ts'
import { onCard } from './site/card.ts'
import type { Distribution } from './site/java-nucleus/distribution.ts'
import { openSite, type Image, type Site } from './site/site.ts'
import { openLogFile } from './story/log-file.ts'
import { logStory } from './story/log-story.ts'
import { together, type Overview, type Story } from './story/story.ts'

export interface SandboxOptions {
  readonly stateFolder: string
  readonly isFresh: boolean
  /** Undefined: three at the first start, later those that are there. */
  readonly pis: number | undefined
  /** 0 takes a free one. */
  readonly ports: Ports
  /** AWS's own request rates. */
  readonly quotas: boolean
  /** The real Greengrass nucleus, which the Pis run instead of the simulated one. */
  readonly distribution?: Distribution | undefined
  /** Undefined: this repository's components, in images of their bundles alone, which is what the sandbox's Pis need. */
  readonly release?: Release | undefined
  readonly story: Story
  /** Ends a start that is under way. */
  readonly signal: AbortSignal
  /** Undefined: allowlist.txt of the repository. */
  readonly allowlistFile?: string | undefined
}

export interface Sandbox extends AsyncDisposable {
  /** How the functions of ops reach it. */
  readonly target: Target
  readonly endpoints: SandboxEndpoints
  readonly site: Site
  readonly overview: Overview
  /** Of the cloud's process that runs now. */
  readonly cloudPid: number
  /** Resolves when it cannot go on: the cloud has died for good. */
  readonly failed: Promise<FleetError>
}

const STAGE = 'dev'
const HOST = '127.0.0.1'
const ACCOUNT = '000000000000'
const ROOT_KEY = { accessKeyId: 'AKIAFLEETWRIGHTLOCAL', secretAccessKey: 'sandbox-only-not-a-secret' }

/** First boot's waits: a Pi in the field asks less often (os-image/first-boot/environment.sh), but here someone is watching. */
const PATIENCE = { firstMs: 1000, mostMs: 8000, offlineMostMs: 3000, attemptMs: 60_000, pollMs: 100, trialMs: 60_000 }

/** Resolves when every Pi that is on and listed runs its components. @throws FleetError, or the signal's reason; then nothing is left behind */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const own = new AsyncDisposableStack()
  const broken = new AbortController()
  const signal = AbortSignal.any([options.signal, broken.signal])
  let { story } = options
  try {
    const { stage } = readStageFile(REPOSITORY, STAGE)
    const { list } = await readListFile(options.allowlistFile) // a mistake in it is told before anything is started
    const folder = own.use(openStateFolder({ path: options.stateFolder, isFresh: options.isFresh, region: stage.region }))
    const file = own.use(openLogFile(folder.file('log', 'sandbox.log')))
    story = together(story, logStory({ write: (line) => file.write(line), announcesReady: false }))
    options.signal.addEventListener('abort', () => story.ending((options.signal.reason as Error).message)) // what abort() was given; an Error throughout this repository
    const sandbox = await open(options, { own, signal, story, list, folder, region: stage.region, breakOff: (error) => broken.abort(error) })
    return Object.assign(sandbox, { [Symbol.asyncDispose]: () => own.disposeAsync() })
  } catch (cause) {
    const error = asFleetError(cause)
    broken.abort(error) // steps that run beside the one that failed
    if (!options.signal.aborted) story.failed(error)
    await own.disposeAsync()
    throw error
  }
}

interface Opening {
  readonly own: AsyncDisposableStack
  readonly signal: AbortSignal
  readonly story: Story
  readonly list: Allowlist
  readonly folder: StateFolder
  readonly region: string
  readonly breakOff: (error: FleetError) => void
}

async function open(options: SandboxOptions, { own, signal, story, list, folder, region, breakOff }: Opening): Promise<Omit<Sandbox, keyof AsyncDisposable>> {
  const step = stepsOf(story, signal)
  const memory = portMemory(folder.file('ports.json'))
  const failed = Promise.withResolvers<FleetError>()
  const fail = (error: FleetError) => {
    breakOff(error)
    story.failed(error)
    failed.resolve(error)
  }

  // The cloud, the place of the Pis, and the door to both.
  const account = { accountId: ACCOUNT, region, ...ROOT_KEY }
  const cloud = own.use(
    await step({ title: 'cloud twin' }, () =>
      onPorts(options.ports, memory.last, ({ gateway, mqtt }) =>
        startCloud({
          ...account,
          stateFolder: folder.file('cloud'),
          gatewayPort: gateway,
          mqttPort: mqtt,
          quotas: options.quotas,
          signal,
          onLine: (line) => story.line({ source: 'cloud' }, line),
          onRestart: (how) => story.line({ source: 'sandbox' }, `the cloud twin has ended (${how}); it was started again`),
          onFailure: fail,
        }),
      ),
    ),
  )
  const image = (): Promise<Image> => imageFor(target, endpoints, cloud.caPem)
  const routes = memory.routes({ gateway: cloud.gatewayPort, mqtt: cloud.mqttPort })
  const site = own.use(openSite({ folder: folder.file('site'), image, patience: PATIENCE, routes, distribution: options.distribution, onLine: (serial, line) => story.line({ source: 'pi', serial }, line) }))
  own.defer(site.watch((pi) => story.pi(pi)))
  const known: { settings?: ConsoleSettings; ask?: AskPage; isOpen?: true } = {} // as soon as the cloud has them
  const badRelease = async () => {
    if (!known.isOpen) throw starting() // the operator's own first release is under way
    return await deployBadRelease(target, new Date())
  }
  const log = jsonLog({ source: 'control', write: (line) => story.line({ source: 'control' }, line) })
  const control = own.use(
    await onPorts(options.ports, memory.last, ({ console }) =>
      openControl({ port: console, host: HOST, page: { ask: () => known.ask, cloud: () => gatewayOf(cloud), settings: () => known.settings }, log, site, advanceCloudClock: (byMs) => cloud.advanceClock(byMs), deployBadRelease: badRelease }).catch((error: unknown) => {
        throw error instanceof ConsolePortTaken ? portInUse(console, 'console page', '--console-port') : error
      }),
    ),
  )
  memory.remember({ gateway: cloud.gatewayPort, mqtt: cloud.mqttPort, console: control.port })

  // How `fleet` finds them.
  const addition = allowlistAddition(folder.file('allowlist-addition.txt'))
  const serials = serialsFor(options.pis, list, site.pis.map(({ serial }) => serial), addition.serials)
  addition.write(serials.madeUp)
  const endpoints = endpointsOf({ stage: STAGE, ...account, ...(serials.madeUp.length > 0 && { allowlistAddition: addition.file }) }, cloud, control.port)
  own.use(publishEndpoints(folder.path, endpoints))
  const target = sandboxTarget(endpoints, folder.path)

  // The operator's work, while the Pis that were on come back.
  const work = operator(target, step, options.release)
  const [, outputs] = await Promise.all([site.resume(), work.bringUp()])
  const console = poolsIn(outputs)
  if (console) known.ask = deployedPage({ url: console.url, gatewayPort: () => cloud.gatewayPort, caPem: cloud.caPem })
  await work.applyAllowlist(options.allowlistFile)
  const [versions] = await Promise.all([
    work.release(),
    console && openConsoleAccess(target, endpoints.gateway, console).then((settings) => (known.settings = settings)),
    serials.added.length > 0 && step({ title: 'Pis flashed and switched on', told: () => serials.added.join(', ') }, () => placeAll(site, serials.added)),
  ])
  await step({ title: 'all Pis run their components' }, (note) => allRun(site, { versions, isListed: (serial) => list.has(serial) || serials.madeUp.includes(serial), note, signal }))
  const overview: Overview = { endpoints, pis: site.pis.filter(({ stand }) => stand.state === 'joined').map(({ serial }) => ({ serial, ...identityFiles(site.card(serial)) })) }
  known.isOpen = true
  story.ready(overview)
  return {
    target,
    endpoints,
    site,
    overview,
    failed: failed.promise,
    get cloudPid() {
      return cloud.pid
    },
  }
}

/** In this order: it is the order in which they are shown. */
async function placeAll(site: Site, serials: readonly SerialNumber[]): Promise<void> {
  for (const serial of serials) await site.place(serial)
  await Promise.all(serials.map((serial) => site.powerOn(serial)))
}

const identityFiles = (card: string) => ({ certificateFile: join(card, onCard.identity, 'current/certificate.pem'), privateKeyFile: join(card, onCard.identity, 'current/private.key') })
