// components/health/src/vitals.ts: reads how the board is from what its kernel tells in /proc and /sys, and from its file system.
import { statfs } from 'node:fs/promises'
import { THROTTLED_BITS, type ThrottledFlag } from '@fleet/contract/health'
import type { FileStore } from '@fleet/device-runtime/files/file-store'

/** One look. What this board or kernel does not tell is undefined. */
export interface Vitals {
  /** Time of all cores since the start, in ticks: busy and in all. Of two looks the difference counts (proc_stat(5)). */
  readonly cpu: { readonly busy: number; readonly all: number } | undefined
  /** % in use. */
  readonly memory: number | undefined
  readonly disk: number | undefined
  /** °C */
  readonly temperature: number | undefined
  readonly throttled: readonly ThrottledFlag[] | undefined
  /** s since the board was started. */
  readonly uptime: number
}

export interface VitalsSource {
  /** The host's files, below FLEET_HOST. */
  readonly host: Pick<FileStore, 'read'>
  /** % of the file system in use that the component's own folder lies on: that of the card. */
  readonly diskUsage: () => Promise<number | undefined>
}

const TEMPERATURE = 'sys/class/thermal/thermal_zone0/temp'
/** The firmware's flags in hexadecimal: up to Raspberry Pi 4, and 5 (drivers/firmware/raspberrypi.c of the Raspberry Pi kernel). */
const THROTTLED = ['sys/devices/platform/soc/soc:firmware/get_throttled', 'sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled']

export async function look({ host, diskUsage }: VitalsSource): Promise<Vitals> {
  const read = (name: string) => host.read(name).catch(() => undefined) // a driver that cannot tell now refuses to be read: the same as none
  const [stat, meminfo, uptime, temperature, ...throttled] = await Promise.all(['proc/stat', 'proc/meminfo', 'proc/uptime', TEMPERATURE, ...THROTTLED].map(read))
  return {
    cpu: cpuIn(stat),
    memory: memoryIn(meminfo),
    disk: await diskUsage(),
    temperature: temperature === undefined ? undefined : finite(Number(temperature) / 1000),
    throttled: flagsIn(throttled.find((text) => text !== undefined)),
    uptime: finite(Number(uptime?.split(' ')[0])) ?? 0,
  }
}

/** `cpu  user nice system idle iowait irq softirq steal …`: idle and waiting for the disk is not busy; guest time is in user already. */
function cpuIn(stat: string | undefined): Vitals['cpu'] {
  const ticks = /^cpu +([\d ]+)$/m.exec(stat ?? '')?.[1]?.split(' ').slice(0, 8).map(Number)
  if (!ticks || ticks.length < 5) return undefined
  const all = ticks.reduce((sum, each) => sum + each, 0)
  return { all, busy: all - (ticks[3] ?? 0) - (ticks[4] ?? 0) }
}

function memoryIn(meminfo: string | undefined): number | undefined {
  const kilobytes = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(meminfo ?? '')?.[1])
  return finite(100 * (1 - kilobytes('MemAvailable') / kilobytes('MemTotal')))
}

function flagsIn(text: string | undefined): Vitals['throttled'] {
  const bits = Number.parseInt(text?.trim() ?? '', 16)
  if (Number.isNaN(bits)) return undefined
  return Object.entries(THROTTLED_BITS).flatMap(([flag, bit]) => (bits & (1 << bit) ? [flag as ThrottledFlag] : [])) // its own keys
}

/** % of the blocks that somebody without privileges can have (as df(1)). */
export const diskUsageOf = (folder: string) => async (): Promise<number | undefined> => {
  const { blocks, bfree, bavail } = await statfs(folder)
  const used = blocks - bfree
  return finite((100 * used) / (used + bavail))
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined)
