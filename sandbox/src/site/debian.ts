// sandbox/src/site/debian.ts: the Debian of a simulated Pi: which packages it has, what its mirror has for it, and an apt-get that takes its time.
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { onCard } from './card.ts'
import type { SystemdAnswer } from './script.ts'

/** Name, version of the image, version of the mirror; a package that is not installed has none. */
const PACKAGES: readonly (readonly [name: string, installed: string | undefined, offered: string])[] = [
  ['base-files', '13.8+deb13u1', '13.8+deb13u2'],
  ['ca-certificates', '20250419', '20250419'],
  ['libc6', '2.41-12', '2.41-12+deb13u1'],
  ['libssl3t64', '3.5.1-1', '3.5.4-1~deb13u1'],
  ['linux-image-6.12.62+rpt-rpi-v8', undefined, '1:6.12.62-1+rpt1'],
  ['openssl', '3.5.1-1', '3.5.4-1~deb13u1'],
  ['raspi-firmware', '1:1.20250915-1', '1:1.20251008-2'],
  ['tzdata', '2025b-4', '2025b-4+deb13u1'],
]
const UNPACK_MS = 120 // a Pi takes seconds for each

export interface Debian {
  /** Answers `apt-get` as it was called, with its exit code. */
  readonly aptGet: (words: readonly string[]) => Promise<SystemdAnswer>
}

export interface DebianOptions {
  readonly card: string
  readonly network: { readonly isCut: boolean }
  /** Aborted when the power goes: nothing is written after it. */
  readonly signal: AbortSignal
}

/** Gives the card the packages of a new image, if it has none, and this boot its id. */
export function debian({ card, network, signal }: DebianOptions): Debian {
  const file = join(card, onCard.packages)
  if (!existsSync(file)) write(file, PACKAGES.flatMap(([name, installed]) => (installed === undefined ? [] : [`ii ${name} ${installed}`])))
  write(join(card, onCard.bootId), [randomUUID()])
  const isReachable = () => !network.isCut && !existsSync(join(card, onCard.mirrorFault))
  return {
    async aptGet(words) {
      const verb = words.findLast((word) => !word.startsWith('-'))
      if (verb === 'clean') return { code: 0 }
      if (verb !== 'update' && verb !== 'upgrade') return { code: 100, text: `E: Invalid operation ${verb ?? ''}` }
      if (!isReachable()) return { code: 100, text: 'E: Failed to fetch http://deb.debian.org/debian/dists/trixie/InRelease' }
      return verb === 'update' ? { code: 0 } : upgrade(file, signal)
    },
  }
}

/** One package after the other: unpacked, then configured. A power cut in between leaves what it leaves on a Pi. */
async function upgrade(file: string, signal: AbortSignal): Promise<SystemdAnswer> {
  if (read(file).some((line) => line.startsWith('iU'))) return { code: 100, text: "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem." }
  for (const [name, , version] of PACKAGES) {
    const [status, , installed] = read(file).find((line) => line.split(' ')[1] === name)?.split(' ') ?? []
    if (status === 'hi' || installed === version) continue
    set(file, `iU ${name} ${version}`)
    await after(UNPACK_MS, undefined, { signal })
    set(file, `ii ${name} ${version}`)
  }
  return { code: 0 }
}

const read = (file: string) => readFileSync(file, 'utf8').split('\n').filter((line) => line !== '')
const set = (file: string, line: string) => write(file, [...read(file).filter((each) => each.split(' ')[1] !== line.split(' ')[1]), line].sort((a, b) => a.slice(3).localeCompare(b.slice(3))))

function write(file: string, lines: readonly string[]): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, `${lines.join('\n')}\n`)
  renameSync(`${file}.new`, file)
}
