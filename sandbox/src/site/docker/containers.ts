// sandbox/src/site/docker/containers.ts: the containers of a card: one file each, believed only as long as its process lives in this boot.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { hasCode } from '../system-error.ts'
import { daemonError } from './docker-error.ts'
import { isStill, type ProcessIdentity } from './process-identity.ts'

export interface Container extends ProcessIdentity {
  /** 64 hex digits. */
  readonly id: string
  readonly name: string
  readonly image: string
  readonly imageId: string
  /** Of the Pi: after a power cut nothing of the boot before runs any more. */
  readonly bootId: string
  /** ISO 8601. */
  readonly created: string
}

export interface Containers {
  /** Those that run; what has ended is removed, as `--rm` says. */
  running(): Promise<readonly Container[]>
  /** By name or (the beginning of) the id. @throws DockerError */
  find(nameOrId: string): Promise<Container>
  add(container: Container): Promise<void>
  /** Sends the signal, waits this long, then kills. */
  stop(container: Container, signal: NodeJS.Signals, graceMs: number): Promise<void>
}

export function containersIn(folder: string, bootId: string): Containers {
  const file = (name: string) => join(folder, `${name}.json`)
  const running = async () => {
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'))
    const found: Container[] = []
    for (const name of names) {
      const container = JSON.parse(await readFile(join(folder, name), 'utf8').catch(() => 'null')) as Container | null // written by `add`; gone meanwhile
      if (container !== null && container.bootId === bootId && isStill(container)) found.push(container)
      else await rm(join(folder, name), { force: true })
    }
    return found
  }
  return {
    running,
    async find(wanted) {
      const found = (await running()).find(({ name, id }) => name === wanted || (wanted.length >= 12 && id.startsWith(wanted)))
      if (found === undefined) throw daemonError(`No such container: ${wanted}`)
      return found
    },
    async add(container) {
      await mkdir(folder, { recursive: true })
      await writeFile(`${file(container.name)}.tmp`, JSON.stringify(container))
      await rename(`${file(container.name)}.tmp`, file(container.name))
    },
    async stop(container, signal, graceMs) {
      send(container, signal)
      if (!(await hasEnded(container, graceMs))) send(container, 'SIGKILL')
      await hasEnded(container, KILL_MS)
      await rm(file(container.name), { force: true })
    },
  }
}

const KILL_MS = 5000
const LOOK_MS = 20

/** It is not our child, so nothing tells us: look. */
async function hasEnded(container: Container, withinMs: number): Promise<boolean> {
  for (let waitedMs = 0; isStill(container); waitedMs += LOOK_MS) {
    if (waitedMs >= withinMs) return false
    await after(LOOK_MS)
  }
  return true
}

function send({ pid }: Container, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error // it has ended by itself
  }
}
