// sandbox/src/site/docker/container-paths.ts: what paths of a container are on this machine, where there is no mount namespace to make them so.
import { lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DockerError } from './docker-error.ts'
import type { Mount, RunOptions } from './run-options.ts'

/** A path of the Pi as one of this machine: some already are, because the nucleus's root is below the card, and its socket in a shorter folder. */
export function onThisMachine(path: string, card: string): string {
  if (path === card || path.startsWith(`${card}/`)) return path
  return !isThere(join(card, path)) && isSocket(path) ? path : join(card, path)
}

/** A recipe looks for the chip of the header; where this machine has GPIO of its own it finds that one's number, but means the Pi's. */
const ANY_CHIP = /^\/dev\/gpiochip\d+$/

/** The container's mounts with paths of this machine. As docker: a volume's missing folder is made, a missing device is an error. */
export function mountsOf({ volumes, devices }: Pick<RunOptions, 'volumes' | 'devices'>, card: string): readonly Mount[] {
  const placed = ({ onPi, inContainer }: Mount): Mount => ({ onPi: onThisMachine(onPi, card), inContainer })
  for (const { onPi } of volumes.map(placed)) if (!isThere(onPi)) mkdirSync(onPi, { recursive: true })
  const chips = devices.map(({ onPi, inContainer }) => ({ onPi: onPi.replace(ANY_CHIP, '/dev/gpiochip0'), inContainer }))
  for (const device of chips) {
    if (isThere(onThisMachine(device.onPi, card))) continue
    throw new DockerError(`docker: Error response from daemon: error gathering device information while adding custom device "${device.onPi}": no such file or directory`, 125)
  }
  return [...volumes, ...chips].map(placed)
}

/** The value, or where it is on this machine when it names something that is mounted. */
export function translate(value: string, mounts: readonly Mount[]): string {
  const mount = mounts
    .filter(({ inContainer }) => value === inContainer || value.startsWith(`${inContainer}/`))
    .sort((a, b) => b.inContainer.length - a.inContainer.length)[0]
  if (mount !== undefined) return short(mount.onPi + value.slice(mount.inContainer.length))
  return folderAround(value, mounts) ?? value
}

/** A folder that is not mounted itself, but in which things lie as they do on the Pi: `/host` with `/proc/stat` mounted as `/host/proc/stat`. */
function folderAround(value: string, mounts: readonly Mount[]): string | undefined {
  const within = mounts.find(({ onPi, inContainer }) => inContainer.startsWith(`${value}/`) && onPi.endsWith(inContainer.slice(value.length)))
  return within?.onPi.slice(0, within.onPi.length - (within.inContainer.length - value.length))
}

/** A socket stands behind a symlink where its own path must be short (sun_path); who connects needs that one. */
function short(path: string): string {
  try {
    return lstatSync(path).isSymbolicLink() ? realpathSync(path) : path
  } catch {
    return path // not there yet: the component will make it, or say that it is missing
  }
}

function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket()
  } catch {
    return false // it is not there
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}
