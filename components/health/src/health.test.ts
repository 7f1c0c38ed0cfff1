// components/health/src/health.test.ts: what is read from the kernel's files, rolled up, reported and alarmed of, through outages, full disks, power cuts and wrong clocks.
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AlarmChange } from '@fleet/contract/alarm'
import { MOST_MINUTES_KEPT } from '@fleet/contract/health'
import { HealthSettings } from '@fleet/contract/settings'
import { TelemetryBatch } from '@fleet/contract/telemetry'
import { alarms, telemetry } from '@fleet/contract/topics'
import { folderStore } from '@fleet/device-runtime/files/file-store'
import { nodeFiles, type FileSystem } from '@fleet/device-runtime/files/file-system'
import { manualClock } from '@fleet/device-runtime/testing/manual-clock'
import { recordedCloudBus } from '@fleet/device-runtime/testing/recorded-bus'
import { temporaryFolder } from '@fleet/device-runtime/testing/temporary-folder'
import { silentLog } from '@fleet/log'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openLogBook } from './log-book.ts'
import { isNews, rollUp } from './roll-up.ts'
import { start } from './start.ts'
import { look, type Vitals } from './vitals.ts'

const THING = '10000000a1b2c3d4'
const MINUTE = 60_000
const FILES = {
  'proc/stat': 'cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 2 3\n',
  'proc/meminfo': 'MemTotal:        1000000 kB\nMemFree:          100000 kB\nMemAvailable:     750000 kB\n',
  'proc/uptime': '3600.25 7000.00\n',
  'proc/sys/kernel/random/boot_id': 'first-boot\n',
  'sys/class/thermal/thermal_zone0/temp': '48312\n',
  'sys/devices/platform/soc/soc:firmware/get_throttled': '50005\n',
}

async function board() {
  const folder = await temporaryFolder()
  onTestFinished(() => folder[Symbol.asyncDispose]())
  const host = async (name: string, text: string) => {
    const path = join(folder.path, 'host', name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
  for (const [name, text] of Object.entries(FILES)) await host(name, text)
  await mkdir(join(folder.path, 'own'))
  const [clock, cloud, files] = [manualClock(), recordedCloudBus(), folderStore(join(folder.path, 'own'))]
  let disk = 40
  const begin = (own = files) => {
    const over = new AbortController()
    const settings = HealthSettings.parse({ telemetryRule: 'r', alarmRule: 'a', reportSeconds: 60 })
    const running = start({ thing: THING, settings, log: silentLog, clock, files: own, host: folderStore(join(folder.path, 'host')), cloud, diskUsage: async () => disk }, over.signal)
    const stop = async () => {
      over.abort(new Error('stopped'))
      await running
    }
    onTestFinished(stop)
    return stop
  }
  const batches = () => cloud.sent.filter(({ topic }) => topic === telemetry.health.of('r', THING)).map(({ message }) => TelemetryBatch.health.parse(message))
  const minutes = () => batches().flatMap(({ entries }) => entries)
  const told = (alarm: keyof typeof alarms) => cloud.sent.filter(({ topic }) => topic === alarms[alarm].of('a', THING)).map(({ message }) => AlarmChange.parse(message))
  return { folder: join(folder.path, 'own'), ...{ host, clock, cloud, files, begin, batches, minutes, told }, hostFiles: folderStore(join(folder.path, 'host')), fill: (percent: number) => (disk = percent) }
}

/** Real files are read and written between two deadlines of the manual clock. */
const asleep = (clock: ReturnType<typeof manualClock>) => vi.waitFor(() => expect(clock.waiting()).toBe(1), { timeout: 10_000, interval: 1 })

async function pass(clock: ReturnType<typeof manualClock>, minutes: number, change: (minute: number) => Promise<void> = async () => {}): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    await change(minute)
    for (let sample = 0; sample < 6; sample++) {
      await asleep(clock)
      await clock.advance(10_000)
    }
  }
  await asleep(clock)
}

test('a look reads what the kernel tells; what it does not tell is undefined', async () => {
  const { hostFiles } = await board()
  expect(await look({ host: hostFiles, diskUsage: async () => 12 })).toEqual({ cpu: { busy: 200, all: 1000 }, memory: 25, disk: 12, temperature: 48.312, throttled: ['under-voltage', 'throttled', 'has-been-under-voltage', 'has-been-throttled'], uptime: 3600.25 })
  expect(await look({ host: { read: async () => undefined }, diskUsage: async () => undefined })).toEqual({ cpu: undefined, memory: undefined, disk: undefined, temperature: undefined, throttled: undefined, uptime: 0 })
})

const vitals = (busy: number, all: number, temperature = 50): Vitals => ({ cpu: { busy, all }, memory: 25, disk: 40, temperature, throttled: [], uptime: 100 })

test('a minute has mean and maximum of its looks; counters that began anew count for nothing', () => {
  expect(rollUp([vitals(60, 200, 50), vitals(160, 300, 60)], vitals(50, 100))).toEqual({ cpu: { mean: 55, max: 100 }, memory: 25, disk: 40, temperature: { mean: 55, max: 60 }, throttled: [], uptime: 100 })
  expect(rollUp([vitals(5, 10)], vitals(50, 100))).not.toHaveProperty('cpu')
  expect(rollUp([], undefined)).toBeUndefined()
})

test.each([
  ['the same', {}, 1, false],
  ['a quarter of an hour later', {}, 15, true],
  ['half a degree warmer', { temperature: { mean: 50, max: 50.5 } }, 1, false],
  ['two degrees warmer', { temperature: { mean: 50, max: 52 } }, 1, true],
  ['throttled', { throttled: ['throttled' as const] }, 1, true],
  ['restarted', { uptime: 10 }, 1, true],
  ['without a sensor', { temperature: undefined }, 1, true],
])('a minute that is %s', (_case, changed, since, expected) => {
  const minute = { cpu: { mean: 5, max: 9 }, memory: 25, disk: 40, temperature: { mean: 50, max: 50 }, throttled: [], uptime: 100 }
  expect(isNews({ ...minute, ...changed }, minute, since)).toBe(expected)
})

test('reports soon after the start, then only what has changed, and each quarter of an hour', async () => {
  const { begin, clock, minutes, host } = await board()
  begin()
  await pass(clock, 3)
  expect(minutes()).toMatchObject([{ sequence: 1, memory: 25, disk: 40, temperature: { max: 48.3 } }])
  await host('sys/class/thermal/thermal_zone0/temp', '55000\n')
  await pass(clock, 2)
  expect(minutes()).toMatchObject([{ sequence: 1 }, { sequence: 2, temperature: { max: 55 } }])
  await pass(clock, 16)
  expect(minutes().map(({ sequence }) => sequence)).toEqual([1, 2, 3])
})

test('without the cloud minutes are kept, over a power cut too, and sent in order, in messages under 5 kB', async () => {
  const { begin, clock, cloud, host, batches, minutes } = await board()
  cloud.setOnline(false)
  const stop = begin()
  const warmer = (minute: number) => host('sys/class/thermal/thermal_zone0/temp', `${30_000 + minute * 2000}\n`)
  await pass(clock, 25, warmer)
  await stop()
  begin()
  await pass(clock, 2)
  cloud.setOnline(true)
  await pass(clock, 2)
  const sequences = minutes().map(({ sequence }) => sequence)
  expect(sequences.length).toBeGreaterThan(24)
  expect(sequences).toEqual(Array.from({ length: sequences.length }, (_, index) => index + 1))
  expect(minutes().map(({ at }) => at)).toEqual(minutes().map(({ at }) => at).toSorted())
  for (const batch of batches()) expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThan(5_000)
})

test('whenever the power goes, what was rolled up is there afterwards, each minute once; the card is written once a minute', async () => {
  const { clock, files } = await board()
  const written: string[] = []
  const counted = { ...files, replace: (name: string, text: string) => (written.push(name), files.replace(name, text)) }
  for (let minute = 1; minute <= 70; minute++) {
    const book = await openLogBook({ files: counted, clock, log: silentLog, bootId: 'one' }) // opened anew: the power went
    expect(book.pending().map(({ sequence }) => sequence)).toEqual(Array.from({ length: minute - 1 }, (_, index) => index + 1))
    await book.add({ uptime: minute }, { at: clock.now(), monotonicMs: clock.monotonicMs() })
    await clock.advance(MINUTE)
  }
  expect(written).toHaveLength(70)
  expect(written.filter((name) => name === 'minutes.json')).toHaveLength(2)
  const book = await openLogBook({ files, clock, log: silentLog, bootId: 'two' })
  await book.drop(69)
  expect((await openLogBook({ files, clock, log: silentLog, bootId: 'two' })).pending()).toMatchObject([{ sequence: 70, entry: { uptime: 70 } }])
})

test('of more than a day the oldest make room, and are counted', async () => {
  const { clock, files } = await board()
  const memory = new Map<string, string>()
  const fast = { ...files, read: async (name: string) => memory.get(name), replace: async (name: string, text: string) => void memory.set(name, text) }
  const book = await openLogBook({ files: fast, clock, log: silentLog, bootId: 'one' })
  for (let minute = 1; minute <= MOST_MINUTES_KEPT + 40; minute++) await book.add({ uptime: minute }, { at: clock.now(), monotonicMs: clock.monotonicMs() })
  for (const each of [book, await openLogBook({ files: fast, clock, log: silentLog, bootId: 'two' })]) {
    expect(each.lost).toBe(40)
    expect(each.pending().map(({ sequence }) => sequence)).toEqual(Array.from({ length: MOST_MINUTES_KEPT }, (_, index) => index + 41))
  }
  for (const [name, text] of memory) expect(text.length, name).toBeLessThan(300_000)
})

test.skipIf(!existsSync('/dev/full'))('a disk that was full for a while has everything again as soon as it is not, whenever the power goes then', async () => {
  const { clock, files, folder } = await board()
  let isFull = false
  const warnings: string[] = []
  const log = { ...silentLog, warn: (event: string, fields?: object) => void warnings.push(`${event} ${JSON.stringify(fields)}`) }
  const disk: FileSystem = { ...nodeFiles, open: (path, flags, mode) => nodeFiles.open(isFull && flags === 'w' ? '/dev/full' : path, flags, mode) } // the kernel's own ENOSPC
  const book = await openLogBook({ files: folderStore(folder, disk), clock, log, bootId: 'one' })
  const add = (uptime: number) => book.add({ uptime }, { at: clock.now(), monotonicMs: clock.monotonicMs() })
  await add(1)
  isFull = true
  for (let minute = 2; minute <= 50; minute++) await add(minute)
  expect(warnings).toEqual([expect.stringContaining('ENOSPC')])
  expect((await openLogBook({ files, clock, log: silentLog, bootId: 'two' })).pending()).toMatchObject([{ sequence: 1 }])
  expect(book.pending()).toHaveLength(50)
  isFull = false
  await add(51)
  const after = await openLogBook({ files, clock, log: silentLog, bootId: 'two' })
  expect(after.pending().map(({ sequence }) => sequence)).toEqual(Array.from({ length: 51 }, (_, index) => index + 1))
})

test('a minute says when it began, also the first, which is short', async () => {
  const { begin, clock, minutes, host } = await board()
  const startedMs = clock.now().getTime()
  begin()
  await pass(clock, 1)
  await host('sys/class/thermal/thermal_zone0/temp', '60000\n')
  await pass(clock, 2)
  expect(minutes().map(({ at }) => (Date.parse(at) - startedMs) / 1000)).toEqual([0, 10])
})

test('a full disk does not stop it: minutes stay in memory and are sent', async () => {
  const { begin, clock, cloud, files, host, minutes } = await board()
  cloud.setOnline(false)
  begin({ ...files, replace: () => Promise.reject(new Error('ENOSPC: no space left on device')) })
  await pass(clock, 7, (minute) => host('sys/class/thermal/thermal_zone0/temp', `${30_000 + minute * 2000}\n`))
  cloud.setOnline(true)
  await pass(clock, 2)
  expect(minutes().length).toBeGreaterThan(6)
})

test('a Pi whose clock is set while it is offline sends its minutes with the times at which they were', async () => {
  const { begin, clock, cloud, minutes } = await board()
  const real = clock.now().getTime()
  clock.setNow(new Date('1970-01-01T00:00:00Z'))
  cloud.setOnline(false)
  begin()
  await pass(clock, 2)
  clock.setNow(new Date(real + 2 * MINUTE))
  cloud.setOnline(true)
  await pass(clock, 2)
  const [first] = minutes()
  expect(Math.abs(new Date(first?.at ?? 0).getTime() - real)).toBeLessThan(2 * MINUTE)
})

test('a minute that is sent again has the time of the first sending, also when the two clocks are read a millisecond apart: the cloud knows it by its time', async () => {
  const { clock, files } = await board()
  const book = await openLogBook({ files, clock, log: silentLog, bootId: 'one' })
  const timesAfter = (ms: number) => {
    clock.setNow(new Date(clock.now().getTime() + ms))
    return book.pending().map(({ entry }) => new Date(entry.at).getTime())
  }
  await book.add({ uptime: 1 }, { at: clock.now(), monotonicMs: clock.monotonicMs() })
  const [first = 0] = timesAfter(0)
  expect([timesAfter(1), timesAfter(-2)]).toEqual([[first], [first]])
  const [corrected = 0] = timesAfter(3_600_000)
  expect(corrected - first).toBe(3_599_999)
  expect([timesAfter(1), timesAfter(-2)]).toEqual([[corrected], [corrected]])
})

test('an alarm that was told before a restart is not told again, and is over after it', async () => {
  const { begin, clock, host, told } = await board()
  await host('sys/class/thermal/thermal_zone0/temp', '81000\n')
  const stop = begin()
  await pass(clock, 1)
  await stop()
  const stopAgain = begin()
  await pass(clock, 1)
  await stopAgain()
  expect(told('too-hot')).toMatchObject([{ state: 'raised' }])
  await host('sys/class/thermal/thermal_zone0/temp', '60000\n')
  begin()
  await pass(clock, 1)
  expect(told('too-hot')).toMatchObject([{ state: 'raised' }, { state: 'cleared' }])
})

test('too hot and disk full are alarms at once, and over when well below their limits', async () => {
  const { begin, clock, host, fill, told } = await board()
  begin()
  await host('sys/class/thermal/thermal_zone0/temp', '81000\n')
  fill(91)
  await pass(clock, 2)
  expect(told('too-hot')).toMatchObject([{ state: 'raised', measured: 81, limit: 80 }])
  expect(told('disk-full')).toMatchObject([{ state: 'raised', measured: 91, limit: 90 }])
  await host('sys/class/thermal/thermal_zone0/temp', '78000\n')
  fill(89)
  await pass(clock, 2)
  expect([...told('too-hot'), ...told('disk-full')]).toHaveLength(2)
  await host('sys/class/thermal/thermal_zone0/temp', '70000\n')
  fill(50)
  await pass(clock, 2)
  expect(told('too-hot').at(-1)).toMatchObject({ state: 'cleared', measured: 70 })
  expect(told('disk-full').at(-1)).toMatchObject({ state: 'cleared', measured: 50 })
})
