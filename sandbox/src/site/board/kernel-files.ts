// sandbox/src/site/board/kernel-files.ts: what the kernel of a simulated Pi tells of itself in /proc and /sys; files on its card, written anew every few seconds.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { dirname, join } from 'node:path'

export const KERNEL_FILES = {
  stat: 'proc/stat',
  memory: 'proc/meminfo',
  uptime: 'proc/uptime',
  temperature: 'sys/class/thermal/thermal_zone0/temp',
  throttled: 'sys/devices/platform/soc/soc:firmware/get_throttled',
  /** While this file is there, somebody holds a hair dryer to the board. */
  heatFault: 'etc/board-is-hot',
} as const

const EVERY_MS = 5000
const TICKS_PER_SECOND = 100 // USER_HZ
const CORES = 4
const MEMORY_KB = 3_884_360 // a Raspberry Pi 4 with 4 GB
const [IDLE_C, LOADED_C, HOT_C] = [44, 14, 86]
/** Bits 2 and 3 of the firmware's word are set while it is too hot, 18 and 19 stay. */
const [THROTTLED, HAS_BEEN] = [0b1100, 0b1100 << 16]

/** From when the power comes on until it goes. */
export function kernelFiles(card: string): Disposable {
  const startedMs = performance.now()
  let [busy, idle, hasBeenHot] = [0, 0, false]
  const tick = (seconds: number) => {
    const load = Math.min(1, (loadavg()[0] ?? 0) / availableParallelism()) // this machine's: what runs on the Pi runs here
    busy += Math.round(seconds * TICKS_PER_SECOND * CORES * load)
    idle += Math.round(seconds * TICKS_PER_SECOND * CORES * (1 - load))
    const isWarmed = isHot(card)
    hasBeenHot ||= isWarmed
    const uptime = (performance.now() - startedMs) / 1000
    const contents: readonly (readonly [string, string])[] = [
      [KERNEL_FILES.stat, `cpu  ${busy} 0 0 ${idle} 0 0 0 0 0 0\n`],
      [KERNEL_FILES.memory, `MemTotal:        ${MEMORY_KB} kB\nMemAvailable:    ${Math.round(MEMORY_KB * (0.88 - 0.1 * load))} kB\n`],
      [KERNEL_FILES.uptime, `${uptime.toFixed(2)} ${(idle / TICKS_PER_SECOND).toFixed(2)}\n`],
      [KERNEL_FILES.temperature, `${Math.round(1000 * (isWarmed ? HOT_C : IDLE_C + LOADED_C * load))}\n`],
      [KERNEL_FILES.throttled, `${((isWarmed ? THROTTLED : 0) | (hasBeenHot ? HAS_BEEN : 0)).toString(16)}\n`],
    ]
    for (const [name, text] of contents) write(join(card, name), text)
  }
  tick(1)
  const timer = setInterval(() => tick(EVERY_MS / 1000), EVERY_MS).unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

export const isHot = (card: string): boolean => existsSync(join(card, KERNEL_FILES.heatFault))

/** Felt by the board within seconds. */
export function setHot(card: string, isWarmed: boolean): void {
  if (isWarmed) write(join(card, KERNEL_FILES.heatFault), '')
  else rmSync(join(card, KERNEL_FILES.heatFault), { force: true })
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
