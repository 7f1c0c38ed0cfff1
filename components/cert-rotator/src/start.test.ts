// components/cert-rotator/src/start.test.ts: the rotator with a cloud and a host that come and go, on real files; killed and started again anywhere.
import { rotation as topics } from '@fleet/contract/topics'
import type { FileStore } from '@fleet/device-runtime/files/file-store'
import { hostExchange, restartable } from '@fleet/device-runtime/testing/host-exchange'
import { manualClock } from '@fleet/device-runtime/testing/manual-clock'
import { recordedCloudBus } from '@fleet/device-runtime/testing/recorded-bus'
import { silentLog } from '@fleet/log'
import { expect, onTestFinished, test, vi } from 'vitest'
import { start } from './start.ts'
import { hostUnit, rotationCloud } from './testing.ts'

const THING = '10000000a1b2c3d4'

async function device() {
  const exchange = await hostExchange()
  const { files, host, names } = exchange
  const component = restartable()
  const clock = manualClock()
  const bus = recordedCloudBus()
  const cloud = rotationCloud(bus, THING)
  const doWish = hostUnit(files, host, cloud)
  onTestFinished(async () => {
    await component.stop()
    await exchange[Symbol.asyncDispose]()
  })
  return {
    ...{ clock, bus, cloud, files, host, names, doWish, stop: () => component.stop() },
    begin(store: FileStore = files) {
      component.begin((signal) => start({ thing: THING, log: silentLog, clock, files: store, host, cloud: bus }, signal))
    },
    /** Time goes on, and the host unit does its part, until this holds. */
    async until(holds: () => boolean | Promise<boolean>) {
      await vi.waitFor(async () => {
        await clock.advance(1000)
        await doWish()
        expect(await holds()).toBe(true)
      }, { interval: 1 })
    },
  }
}

test('a job is carried out from the key to the end, and leaves nothing behind', async () => {
  const pi = await device()
  pi.begin()
  await pi.until(() => pi.cloud.status === 'SUCCEEDED')
  expect(pi.cloud).toMatchObject({ connectedWith: pi.cloud.issued?.certificateId, retired: [pi.cloud.old], details: { step: 'done' } })
  await pi.until(async () => (await pi.names()).every((name) => !name.startsWith('rotate-')))
  expect((await pi.names()).sort()).toEqual(['state.json', 'wish'])
})

test('the private key is in no message', async () => {
  const pi = await device()
  pi.begin()
  await pi.until(() => pi.cloud.status === 'SUCCEEDED')
  expect(pi.bus.sent.length).toBeGreaterThan(5)
  expect(JSON.stringify(pi.bus.sent)).not.toMatch(/PRIVATE/)
})

test('every message is sent now or not at all: what the nucleus kept could arrive in a rotation to come', async () => {
  const pi = await device()
  pi.begin()
  await pi.until(() => pi.cloud.status === 'SUCCEEDED')
  expect(new Set(pi.bus.sent.map(({ delivery }) => delivery))).toEqual(new Set(['now']))
})

test('refused, it says so and keeps what it has', async () => {
  const pi = await device()
  pi.cloud.refuses = 'the thing has no such job under way'
  pi.begin()
  await pi.until(() => pi.cloud.status === 'FAILED')
  expect(pi.cloud).toMatchObject({ connectedWith: pi.cloud.old, details: { step: 'rolled-back', reason: pi.cloud.refuses } })
  expect(await pi.files.read('wish')).toBeUndefined()
})

test('a certificate that does not fit its key is not tried', async () => {
  const pi = await device()
  const other = await device()
  other.begin()
  await other.until(() => other.cloud.issued !== undefined)
  pi.cloud.issued = { ...other.cloud.issued!, key: '' }
  pi.bus.onArrival(({ topic }) => {
    if (topic.endsWith('/update')) pi.cloud.issued = { ...other.cloud.issued!, key: pi.cloud.details['key'] ?? '' }
  })
  pi.begin()
  await pi.until(() => pi.cloud.status === 'FAILED')
  expect(pi.cloud).toMatchObject({ connectedWith: pi.cloud.old, details: { reason: 'the certificate does not fit the key' } })
  expect(await pi.files.read('wish')).toBeUndefined()
})

test('the job ends while the new certificate is tried: it goes back', async () => {
  const pi = await device()
  pi.bus.onArrival(({ topic }) => {
    if (topic === topics.prove.of(THING)) pi.cloud.status = 'TIMED_OUT'
  })
  pi.begin()
  await pi.until(() => pi.cloud.retired.length > 0)
  expect(pi.cloud).toMatchObject({ connectedWith: pi.cloud.old, retired: [pi.cloud.issued?.certificateId] })
})

test('the job ends just after «proven» was recorded: it keeps the new certificate', async () => {
  const pi = await device()
  pi.bus.onArrival(() => {
    if (pi.cloud.details['step'] === 'proven') pi.cloud.status = 'TIMED_OUT'
  })
  pi.begin()
  await pi.until(() => pi.cloud.retired.length > 0)
  expect(pi.cloud).toMatchObject({ connectedWith: pi.cloud.issued?.certificateId, retired: [pi.cloud.old] })
})

test('the cloud is out of reach at every step: it goes on when it is back', async () => {
  const pi = await device()
  pi.bus.onArrival(() => pi.bus.setOnline(false))
  pi.begin()
  await pi.until(() => {
    pi.bus.setOnline(true)
    pi.cloud.announce()
    return pi.cloud.status === 'SUCCEEDED'
  })
  expect(pi.cloud.retired).toContain(pi.cloud.old)
})

const YEAR_MS = 365 * 86_400_000

test.each([
  ['ten years back: what the cloud has signed begins in its future', -10],
  ['ten years ahead: what the cloud has signed has expired long ago', 10],
])('the clock of the device jumps %s, and every message is lost once: it goes on as if nothing were', async (_case, years) => {
  const pi = await device()
  const start = pi.clock.now().getTime()
  const jumps = (count: number) => new Date(start + count * years * YEAR_MS)
  pi.cloud.validity = { notBefore: new Date(start - YEAR_MS), notAfter: new Date(start + YEAR_MS) }
  let jumped = 0
  pi.bus.onArrival(() => {
    pi.bus.setOnline(false) // the answer does not come: only a repeat brings it
    pi.clock.setNow(jumps(++jumped))
  })
  pi.begin()
  await pi.until(() => {
    pi.bus.setOnline(true)
    return pi.cloud.status === 'SUCCEEDED'
  })
  expect(jumped).toBeGreaterThan(5)
  expect(pi.cloud).toMatchObject({ connectedWith: pi.cloud.issued?.certificateId, details: { step: 'done' } })
})

/** A store that fails at the given write, and after it: the process is killed there. */
function failingAt(files: FileStore, write: number, kind: 'before' | 'after'): FileStore & { readonly writes: () => number } {
  let count = 0
  const failing = async (work: () => Promise<void>) => {
    count++
    if (count < write) return work()
    if (count === write && kind === 'after') await work()
    throw new Error('killed')
  }
  return { ...files, replace: (name, text) => failing(() => files.replace(name, text)), remove: (name) => failing(() => files.remove(name)), writes: () => count }
}

test.each(['before', 'after'] as const)('killed %s each of its writes, it resumes and succeeds with one certificate', async (kind) => {
  for (let write = 1; ; write++) {
    const pi = await device()
    const store = failingAt(pi.files, write, kind)
    pi.begin(store)
    await pi.until(() => store.writes() >= write || pi.cloud.status === 'SUCCEEDED')
    const isWhole = store.writes() < write
    await pi.stop()
    pi.begin()
    await pi.until(() => pi.cloud.status === 'SUCCEEDED')
    expect(pi.cloud.connectedWith, `killed ${kind} write ${write}`).toBe(pi.cloud.issued?.certificateId)
    await pi.stop()
    if (isWhole) return expect(write).toBeGreaterThan(10)
  }
})

test('a full disk: nothing is decided until there is room, then it succeeds', async () => {
  const pi = await device()
  let isFull = true
  const full: FileStore = { ...pi.files, replace: async (name, text) => (isFull ? Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' })) : pi.files.replace(name, text)) }
  pi.begin(full)
  for (let second = 0; second < 20; second++) await pi.clock.advance(1000)
  expect(pi.cloud.status).toBe('QUEUED')
  isFull = false
  await pi.until(() => pi.cloud.status === 'SUCCEEDED')
})

test('a state that cannot be read is set aside; what was on trial is ended first, and said to have failed', async () => {
  const pi = await device()
  pi.begin()
  await pi.until(async () => (await pi.files.read('wish')) !== undefined)
  await pi.stop()
  await pi.files.replace('state.json', '{"phase":"dan')
  pi.begin()
  await pi.until(() => pi.cloud.status === 'FAILED')
  expect(await pi.names()).toContain('state.json.unreadable')
  expect(pi.cloud).toMatchObject({ connectedWith: pi.cloud.old, details: { reason: 'the state of the rotation was lost' } })
})
