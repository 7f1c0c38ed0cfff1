// e2e/soak/main.ts: `npm run soak -- --rotations 300 [--minutes N]`: rotates light Pis again and again while everything goes wrong, then counts what is left.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CancelJobExecutionCommand } from '@aws-sdk/client-iot'
import { idOf, rotationStage, type RotationStage } from '@fleet/sandbox/rotation.testing'
import type { LightIdentity } from '@fleet/sandbox/site/light/light-pi'
import { chance, type Chance } from './chance.ts'
import { soakDevice, type SoakDevice } from './device.ts'

const { values } = parseArgs({ options: { rotations: { type: 'string', default: '300' }, devices: { type: 'string', default: '20' }, seed: { type: 'string' }, minutes: { type: 'string', default: '60' } } })
const [rotations, devices, seed] = [Number(values.rotations), Number(values.devices), Number(values.seed ?? Date.now() % 1_000_000)]
/** Of one rotation: none is to hang, on however busy a machine. */
const LIMIT_MS = 300_000
const SLOW_MS = 60_000
const LOOK_MS = 250
/** The cloud is asked when the device says that it is done, and otherwise seldom: to ask is most of the work. */
const ASK_EVERY = 20
/** Of all: when most are rolled back, too little is seen of those that are not. */
const LEAST_SUCCEEDED = 0.5
const say = (text: string) => void process.stdout.write(`${text}\n`)

say(`soak: ${rotations} rotations on ${devices} devices, seed ${seed}`)
const folder = mkdtempSync(join(tmpdir(), 'soak-'))
const stage = await rotationStage(Array.from({ length: devices }, (_, index) => `20000000${index.toString(16).padStart(8, '0')}`))
const tally = { SUCCEEDED: 0, FAILED: 0, CANCELED: 0, crashes: 0, cuts: 0, faults: [] as string[] }
const begunAt = performance.now()
/** No rotation begins later; those that have begun are followed to their end. */
const lastBeginsAt = begunAt + Number(values.minutes) * 60_000
let left = rotations
try {
  await Promise.all(stage.identities.map((identity, index) => soak(stage, identity, chance(seed + index))))
  const total = await stage.certificates()
  if (left > 0) say(`skipped: ${left} of ${rotations} rotations, which ${values.minutes} minutes were too short for`)
  if (left === rotations || tally.SUCCEEDED < (rotations - left) * LEAST_SUCCEEDED) tally.faults.push(`only ${tally.SUCCEEDED} of ${rotations - left} succeeded`)
  if (total.length !== devices) tally.faults.push(`${total.length} certificates are left of ${devices} devices`)
} finally {
  await stage[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
}
const seconds = (performance.now() - begunAt) / 1000
say(`${tally.SUCCEEDED} succeeded, ${tally.FAILED} rolled back, ${tally.CANCELED} cancelled; ${tally.crashes} kills, ${tally.cuts} cuts; ${seconds.toFixed(0)} s`)
say(`API calls for each rotation, all of them, with retries: ${(stage.calls.length / (rotations - left)).toFixed(1)}`)
for (const fault of tally.faults) say(`FAULT ${fault}`)
say(tally.faults.length === 0 ? 'every device has one certificate, and works with it' : `repeat with --seed ${seed}`)
process.exitCode = tally.faults.length === 0 ? 0 : 1

function tellProgress(): void {
  const done = tally.SUCCEEDED + tally.FAILED + tally.CANCELED
  if (done % 50 === 0) say(`${done} of ${rotations} after ${((performance.now() - begunAt) / 1000).toFixed(0)} s`)
}

/** One device, one rotation after the other. */
async function soak(stage: RotationStage, identity: LightIdentity, fate: Chance): Promise<void> {
  const own: { jobId?: string } = {}
  const device: SoakDevice = soakDevice(identity, { folder, cloud: stage.light, chance: fate, onTraffic: () => disturb(stage, device, { ...own, fate }) })
  try {
    while (left > 0 && performance.now() < lastBeginsAt) {
      left--
      await rotate(stage, device, (jobId) => (own.jobId = jobId))
    }
  } finally {
    await device.end()
  }
}

async function rotate(stage: RotationStage, device: SoakDevice, onAsked: (jobId: string) => void): Promise<void> {
  const { serial } = device
  const before = { serial, ...device.inCharge() }
  let jobId = ''
  for (let attempt = 1; jobId === ''; attempt++) jobId = await stage.ask(before, attempt).catch((error: unknown) => (error instanceof Error && error.name === 'ResourceAlreadyExistsException' ? '' : Promise.reject(error as Error)))
  onAsked(jobId)
  const begun = performance.now()
  let isTold = false
  for (let looks = 1; ; looks++) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    if (!device.isBehind(jobId) && looks % ASK_EVERY !== 0) continue
    const status = (await stage.execution(serial, jobId))?.status ?? ''
    const settled = status === 'QUEUED' || status === 'IN_PROGRESS' ? undefined : await stage.certificatesOf(serial)
    const own = idOf(device.inCharge().certificatePem)
    if (settled?.length === 1 && settled[0] === own && !device.isOnTrial()) {
      if (status in tally) tally[status as 'SUCCEEDED' | 'FAILED' | 'CANCELED']++
      tellProgress()
      return
    }
    if (!isTold && performance.now() - begun > SLOW_MS) {
      isTold = true
      say(`slow: ${jobId} is ${status}; ${device.describe()}`)
    }
    if (performance.now() - begun > LIMIT_MS) return void tally.faults.push(`${serial} works with ${own.slice(0, 8)} ${LIMIT_MS / 1000} s after it was asked, the cloud has ${settled?.map((id) => id.slice(0, 8)).join() ?? '?'} (${jobId}: ${status})`)
  }
}

/** Accidents come with the messages, not with the time: a busy machine sees as many in a rotation as a quiet one, and comes to its end. */
function disturb(stage: RotationStage, device: SoakDevice, { jobId, fate }: { readonly jobId?: string; readonly fate: Chance }): void {
  if (fate.once(25)) {
    tally.crashes++
    device.crash()
  }
  if (fate.once(40)) {
    tally.cuts++
    device.bus.cut(fate.below(2000))
  }
  if (fate.once(300) && jobId !== undefined) void stage.iot.send(new CancelJobExecutionCommand({ jobId, thingName: device.serial, force: true })).catch(() => undefined) // it has ended
}
