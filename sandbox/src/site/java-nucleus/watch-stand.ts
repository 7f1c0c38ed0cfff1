// sandbox/src/site/java-nucleus/watch-stand.ts: how the real nucleus and its components stand, read from what it writes: its log and its configuration.
import { join } from 'node:path'
import type { NucleusStand } from '../nucleus-host.ts'
import { nucleusPaths } from '../nucleus/paths.ts'
import { componentVersions } from './component-versions.ts'
import { logReader } from './log-reader.ts'
import { followFile } from './follow-file.ts'

export interface StandWatch extends AsyncDisposable {
  watch(listener: (stand: NucleusStand) => void): void
}

/** From now on: what was written before is of an earlier start, but for the versions. */
export async function watchStand(root: string): Promise<StandWatch> {
  const own = new AsyncDisposableStack()
  const { logs, transactionLog } = nucleusPaths(root)
  const [log, versions] = [logReader(), componentVersions()]
  const listeners: ((stand: NucleusStand) => void)[] = []
  let told = ''
  const stand = (): NucleusStand => ({ connected: log.connected, components: [...log.states].flatMap(([name, state]) => (versions.has(name) ? [{ name, version: versions.get(name) ?? '', state }] : [])) })
  const tell = () => {
    const now = stand()
    if (JSON.stringify(now) === told) return
    told = JSON.stringify(now)
    for (const listener of listeners) listener(now)
  }
  own.use(await followFile(join(logs, 'greengrass.log'), { from: 'end', onLines: (lines) => (lines.forEach(log.read), tell()), onNew: () => undefined }))
  own.use(await followFile(transactionLog, { from: 'start', onLines: (lines) => (lines.forEach(versions.read), tell()), onNew: versions.forget }))
  return {
    watch(listener) {
      listeners.push(listener)
      listener(stand())
    },
    [Symbol.asyncDispose]: () => own.disposeAsync(),
  }
}
