// sandbox/src/site/path-unit.ts: a path unit of a simulated Pi with its service: runs a script of the image at each start and whenever a file changes.
import { watch } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onCard } from './card.ts'
import { runScript, type Script } from './script.ts'

export interface PathUnit {
  /** Of `os-image/`. */
  readonly script: string
  readonly card: string
  /** Whose change wakes it (PathChanged), on the card; its folder is made, as tmpfiles.d does. */
  readonly watched: string
  /** After a failure (RestartSec). */
  readonly restartMs: number
  readonly environment: Readonly<Record<string, string>>
  readonly systemd: Script['systemd']
  readonly onLine: (line: string) => void
}

/** Where the scripts of the image are. */
export const OS_IMAGE = new URL('../../../os-image/', import.meta.url)

/** Runs until the signal aborts: once at the start, for what a power cut has interrupted, then whenever the file changes. */
export async function pathUnit({ script, card, watched, restartMs, ...conditions }: PathUnit, signal: AbortSignal): Promise<void> {
  const file = join(card, watched)
  await mkdir(dirname(file), { recursive: true })
  const changed = bell()
  const watcher = watch(dirname(file), (_event, name) => name !== null && file.endsWith(`/${name}`) && changed.ring())
  signal.addEventListener('abort', () => (watcher.close(), changed.ring()), { once: true })
  while (!signal.aborted) {
    const isJoined = await access(join(card, onCard.firstBootDone)).then(() => true, () => false) // ConditionPathExists
    const code = isJoined ? await runScript({ path: fileURLToPath(new URL(script, OS_IMAGE)), ...conditions }, signal) : 0
    if (code === 0) await changed.rung()
    else await changed.rungWithin(restartMs)
  }
}

/** Rings are remembered: what changed while the script ran has it run again. */
function bell() {
  let next = Promise.withResolvers<void>()
  return {
    ring: () => next.resolve(),
    async rung() {
      await next.promise
      next = Promise.withResolvers()
    },
    async rungWithin(ms: number) {
      let timer: NodeJS.Timeout | undefined
      await Promise.race([next.promise, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))])
      clearTimeout(timer)
      next = Promise.withResolvers()
    },
  }
}
