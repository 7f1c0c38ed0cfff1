// sandbox/src/opening/all-run.ts: waits until the fleet is as it should be: every Pi that is on and listed is connected and runs the release.
import type { SandboxPi } from '@fleet/contract/sandbox-control'
import type { Site } from '../site/site.ts'

export interface Awaited {
  /** Of each component of the release. */
  readonly versions: ReadonlyMap<string, string>
  /** The others are refused, and rightly so. */
  readonly isListed: (serial: SandboxPi['serial']) => boolean
  readonly note: (text: string) => void
  readonly signal: AbortSignal
}

export async function allRun(site: Pick<Site, 'pis' | 'watch'>, { versions, isListed, note, signal }: Awaited): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = () => {
    const waiting = site.pis.filter((pi) => pi.power === 'on' && isListed(pi.serial) && !runs(pi, versions))
    if (waiting.length === 0) return resolve()
    note(waiting.slice(0, 3).map((pi) => `${pi.serial} ${missing(pi, versions)}`).join(', '))
  }
  using watching = new DisposableStack()
  watching.defer(site.watch(look))
  signal.addEventListener('abort', () => resolve())
  look()
  await promise
}

export const runs = ({ stand }: SandboxPi, versions: ReadonlyMap<string, string>): boolean =>
  stand.state === 'joined' && stand.connected && [...versions].every(([name, version]) => stand.components.some((component) => component.name === name && component.version === version && component.state === 'RUNNING'))

/** What it is waited for, in a few words. */
function missing({ stand }: SandboxPi, versions: ReadonlyMap<string, string>): string {
  if (stand.state !== 'joined') return `is ${stand.state}`
  if (!stand.connected) return 'is not connected'
  const [name = ''] = [...versions].find(([name, version]) => !stand.components.some((component) => component.name === name && component.version === version && component.state === 'RUNNING')) ?? []
  const { version = '', state = 'not there yet' } = stand.components.find((component) => component.name === name) ?? {}
  return `${name} ${version} ${state}`
}
