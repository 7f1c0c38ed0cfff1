// e2e/running-sandbox.ts: a sandbox for a story to be told in: free ports, a temporary folder, an allowlist of its own; and an operator's hands.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import { IoTClient } from '@aws-sdk/client-iot'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { S3Client } from '@aws-sdk/client-s3'
import type { SandboxPi } from '@fleet/contract/sandbox-control'
import { parseSerialNumber, type SerialNumber } from '@fleet/contract/serial-number'
import { reconcile, type PlanRequest } from '@fleet/ops/allowlist/reconcile'
import { clientConfig, s3Config } from '@fleet/ops/aws/client-config'
import { findDistribution, type Distribution } from '@fleet/sandbox/site/java-nucleus/distribution'
import { openSandbox, type Sandbox, type SandboxOptions } from '@fleet/sandbox/sandbox'
import { logStory } from '@fleet/sandbox/story/log-story'

export interface RunningSandbox extends Sandbox {
  readonly folder: string
  /** Writes the allowlist; the answer is its file. */
  list(serials: readonly SerialNumber[]): string
  /** Writes the allowlist, and applies it as `fleet allowlist apply` does. */
  allow(serials: readonly SerialNumber[], request?: Omit<PlanRequest, 'file'>): Promise<Awaited<ReturnType<typeof reconcile>>>
  /** Gives this Pi a place and a flashed card, and switches it on. */
  powerOn(serial: SerialNumber): Promise<void>
  /** Resolves with the Pi when it is so. @throws when that takes too long, with what it says instead */
  until(serial: SerialNumber, what: string, holds: (pi: SandboxPi) => boolean, withinMs?: number): Promise<SandboxPi>
  /** As they read the log, in a failed test. */
  readonly told: readonly string[]
  readonly iot: IoTClient
  readonly iotData: IoTDataPlaneClient
  readonly greengrass: GreengrassV2Client
  readonly lambda: LambdaClient
  readonly logs: CloudWatchLogsClient
  readonly s3: S3Client
}

export interface Situation extends Partial<Pick<SandboxOptions, 'pis' | 'quotas' | 'distribution' | 'release'>> {
  readonly allowed: readonly SerialNumber[]
  /** A folder that is there already, and stays. */
  readonly folder?: string
}

export const serial = (number: number): SerialNumber => parseSerialNumber(`10000000${number.toString(16).padStart(8, '0')}`)

const PATIENCE_MS = 60_000 // a machine whose two cores have other work

export async function runningSandbox({ allowed, folder: given, pis = 0, quotas = false, distribution = distributionOfTests(), release }: Situation): Promise<RunningSandbox> {
  const folder = given ?? mkdtempSync(join(tmpdir(), 'fleet-e2e-'))
  const allowlistFile = join(folder, 'allowlist.txt')
  const write = (serials: readonly SerialNumber[]) => {
    writeFileSync(allowlistFile, `# of this test\n${serials.join('\n')}\n`)
    return allowlistFile
  }
  write(allowed)
  const told: string[] = []
  const story = logStory({ write: (line) => told.push(line), announcesReady: false })
  const sandbox = await openSandbox({ stateFolder: join(folder, 'state'), isFresh: false, pis, ports: { gateway: 0, mqtt: 0, console: 0 }, quotas, distribution, release, story, signal: new AbortController().signal, allowlistFile })
  const { site, target } = sandbox
  const until: RunningSandbox['until'] = async (serial, what, holds, withinMs = PATIENCE_MS) => {
    const { promise, resolve, reject } = Promise.withResolvers<SandboxPi>()
    const look = () => {
      const pi = site.pi(serial)
      if (pi !== undefined && holds(pi)) resolve(pi)
    }
    using waiting = new DisposableStack()
    waiting.defer(site.watch(look))
    const tooLate = setTimeout(() => reject(new Error(`${serial} is not ${what} after ${withinMs / 1000} s: ${JSON.stringify(site.pi(serial), null, 1)}\n${told.slice(-30).join('\n')}`)), withinMs)
    waiting.defer(() => clearTimeout(tooLate))
    look()
    return await promise
  }
  const config = clientConfig(target)
  return Object.assign(sandbox, {
    folder,
    told,
    until,
    list: write,
    allow: (serials: readonly SerialNumber[], request: Omit<PlanRequest, 'file'> = {}) => {
      return reconcile(target, { file: write(serials), ...request })
    },
    powerOn: async (serial: SerialNumber) => {
      await site.place(serial)
      await site.powerOn(serial)
    },
    iot: new IoTClient(config),
    iotData: new IoTDataPlaneClient(config),
    greengrass: new GreengrassV2Client(config),
    lambda: new LambdaClient(config),
    logs: new CloudWatchLogsClient(config),
    s3: new S3Client(s3Config(target)),
    [Symbol.asyncDispose]: disposal(sandbox[Symbol.asyncDispose].bind(sandbox), given === undefined ? folder : undefined),
  })
}

/** `FLEET_E2E_NUCLEUS=java` tells the stories with the real nucleus (docs/NUCLEUS.md). */
function distributionOfTests(): Distribution | undefined {
  if (process.env['FLEET_E2E_NUCLEUS'] !== 'java') return undefined
  const found = findDistribution(process.env)
  if (!found.isThere) throw new Error(found.why)
  return found
}

const disposal = (dispose: () => PromiseLike<void>, folder: string | undefined) => async () => {
  await dispose()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}

/** States of a Pi that tests wait for. */
export const joined = ({ stand }: SandboxPi) => stand.state === 'joined' && stand.connected
export const refused = ({ stand }: SandboxPi) => stand.state === 'refused'
export const blinking = ({ stand }: SandboxPi) => joined({ stand } as SandboxPi) && stand.light.light === 'blinking'
export const running = ({ stand }: SandboxPi) => ['fleetwright.led', 'fleetwright.button'].every((name) => stand.components.some((component) => component.name === name && component.state === 'RUNNING'))
