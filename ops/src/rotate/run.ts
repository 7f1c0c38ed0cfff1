// ops/src/rotate/run.ts: `fleet rotate` and `fleet rotate status`.
import { IoTClient } from '@aws-sdk/client-iot'
import { FleetError } from '@fleet/contract/errors'
import { parseSerialNumber } from '@fleet/contract/serial-number'
import { listFleet } from '../allowlist/inventory.ts'
import type { RegisteredDevice } from '../allowlist/plan.ts'
import { assertAccount } from '../aws/account-check.ts'
import { explaining } from '../aws/aws-failure.ts'
import { clientConfig, named } from '../aws/client-config.ts'
import { EXIT } from '../shell/exit-code.ts'
import type { ExitCode, Invocation } from '../shell/invocation.ts'
import { isMeant } from '../shell/is-meant.ts'
import { show } from '../shell/shell.ts'
import { unknownDevice } from '../status/fleet-status.ts'
import { cloudNow } from '../target/cloud-time.ts'
import type { Target } from '../target/target.ts'
import { follow } from './follow.ts'
import { planRotations, type RotationPlan } from './plan.ts'
import { renderChange, renderPlan, renderRotations } from './render.ts'
import { rotationsOf, type Rotations } from './rotations.ts'
import { hasEnded, type RotationStatus } from './rotation-status.ts'

export interface RotateOptions {
  readonly all?: true
  readonly olderThan?: number
  readonly wait: number
  readonly yes?: true
}

export async function runRotate({ shell, options, target }: Invocation<RotateOptions>, given: readonly string[]): Promise<ExitCode> {
  if ((given.length > 0) === (options.all === true || options.olderThan !== undefined)) {
    throw new FleetError('USAGE', 'it is not said which devices are to rotate', 'Name serial numbers, or use --all or --older-than <time>, not both.')
  }
  const where = target()
  return explaining(where, async () => {
    const rotations = rotationsOf(where)
    const plan = await planFor(where, rotations, { given, options, machineNow: shell.now })
    if (!shell.isJson) shell.tell(renderPlan(plan, shell.paint))
    if (plan.rotate.length === 0) return nothingToDo(shell, plan)
    const devices = `${plan.rotate.length} ${plan.rotate.length === 1 ? 'device' : 'devices'}`
    if (given.length === 0 && !(await isMeant(shell, { ...options, question: `Rotate ${devices}?`, would: `${devices} would rotate` }))) return EXIT.failed
    await assertAccount(where)
    const asked: RotationStatus[] = []
    for (const planned of plan.rotate) {
      const status = await rotations.ask(planned)
      if (status) asked.push(status)
      else shell.tell(`${planned.serial}: every attempt to rotate this certificate has failed; docs/runbooks/rotation.md says what to do`)
    }
    const ended = await follow(asked, { status: rotations.status, waitMs: options.wait * 1000, signal: shell.signal, onChange: (now) => shell.progress.note(renderChange(now, shell.paint)) })
    show(shell, { plan, rotations: ended }, (result, paint) => renderRotations(result.rotations, paint))
    if (ended.some(({ stage }) => stage === 'rolled back') || asked.length < plan.rotate.length) return EXIT.failed
    return ended.every(hasEnded) ? EXIT.done : EXIT.unconfirmed
  })
}

export async function runRotateStatus({ shell, target }: Invocation<object>, given: readonly string[]): Promise<ExitCode> {
  const where = target()
  const statuses = await explaining(where, async () => {
    const rotations = rotationsOf(where)
    const found: RotationStatus[] = []
    for (const { serial } of await devicesOf(where, given)) {
      const latest = await rotations.latest(serial)
      if (latest) found.push(latest)
    }
    return found
  })
  show(shell, { rotations: statuses }, (result, paint) => renderRotations(result.rotations, paint))
  return EXIT.done
}

interface Wanted {
  readonly given: readonly string[]
  readonly options: RotateOptions
  readonly machineNow: () => Date
}

async function planFor(target: Target, rotations: Rotations, { given, options, machineNow }: Wanted): Promise<RotationPlan> {
  const iot = named(new IoTClient(clientConfig(target)))
  const devices = await devicesOf(target, given, iot)
  const held = await Promise.all(devices.map(async ({ serial, suspendedAt }) => ({ serial, isSuspended: suspendedAt !== undefined, certificates: await rotations.certificatesOf(serial) })))
  const now = await cloudNow(target, iot, machineNow)
  return planRotations(held, { now, olderThanMs: options.olderThan })
}

/** Only the fleet's own. @throws FleetError DEVICE_UNKNOWN */
async function devicesOf(target: Target, given: readonly string[], iot = named(new IoTClient(clientConfig(target)))): Promise<readonly RegisteredDevice[]> {
  const fleet = await listFleet(iot, target.names.thingGroup)
  if (given.length === 0) return fleet
  return given.map((text) => {
    const serial = parseSerialNumber(text)
    return fleet.find((each) => each.serial === serial) ?? raise(unknownDevice(serial, target))
  })
}

function raise(error: Error): never {
  throw error
}

function nothingToDo(shell: Invocation<RotateOptions>['shell'], plan: RotationPlan): ExitCode {
  show(shell, { plan, rotations: [] }, () => 'There is nothing to rotate.')
  return plan.skip.every(({ why }) => why === 'its certificate is younger') ? EXIT.done : EXIT.failed
}
