// bench/src/open-fleet.ts: the whole sandbox for a bench: the real stack deployed on a twin, with an allowlist of the bench's own.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSandbox, type Sandbox, type SandboxOptions } from '@fleet/sandbox/sandbox'
import { logStory } from '@fleet/sandbox/story/log-story'

export interface FleetOptions extends Pick<SandboxOptions, 'distribution'> {
  /** Serial numbers that may join. */
  readonly allowed: readonly string[]
  /** Of the allowed ones, so many stand here as simulated Pis. */
  readonly pis: number
}

/** Resolves when its Pis run their components. */
export async function openFleet({ allowed, pis, distribution }: FleetOptions): Promise<Sandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-'))
  const allowlistFile = join(folder, 'allowlist.txt')
  writeFileSync(allowlistFile, `${allowed.join('\n')}\n`)
  const story = logStory({ write: () => undefined, announcesReady: false })
  return openSandbox({ stateFolder: join(folder, 'state'), isFresh: false, pis, ports: { gateway: 0, mqtt: 0, console: 0 }, quotas: false, distribution, story, signal: new AbortController().signal, allowlistFile })
}
