// sandbox/src/site/log-manager/log-manager.ts: does what AWS's log manager component does: uploads a core device's log files to CloudWatch Logs.
import { setTimeout as after } from 'node:timers/promises'
import type { Log } from '@fleet/log'
import { putLogEvents, type CloudWatchLogs } from './cloud-watch-logs.ts'
import { nextBatch, type Batch } from './log-events.ts'
import { logFiles, readFrom, type LogFile, type Uploaded } from './log-files.ts'
import { readSettings, type LogSource } from './settings.ts'

export interface LogManager {
  readonly thingName: string
  /** The nucleus's `logs` folder. */
  readonly logs: string
  readonly cloud: CloudWatchLogs
  /** The component's configuration now. */
  readonly configuration: () => unknown
  /** How far each source was uploaded, by source name; kept durably. A cut between upload and save repeats that batch, as with AWS's. */
  readonly uploaded: { read(): Promise<Readonly<Record<string, Uploaded>>>; save(uploaded: Readonly<Record<string, Uploaded>>): Promise<void> }
  readonly log: Log
}

/** Uploads at each interval until the signal aborts. What fails is tried again at the next. */
export async function runLogManager(manager: LogManager, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { intervalMs, sources } = readSettings(manager.configuration())
    for (const source of sources) {
      await uploadSource(source, manager, signal).catch((error: unknown) => manager.log.warn('logs could not be uploaded; they are tried again', { source: source.name, error }))
    }
    await after(intervalMs, undefined, { signal }).catch(() => undefined) // aborted: the loop ends
  }
}

async function uploadSource(source: LogSource, manager: LogManager, signal: AbortSignal): Promise<void> {
  const files = await logFiles(manager.logs, source)
  for (const file of files) await uploadFile(file, source, manager, signal)
  const { [source.name]: known = {}, ...others } = await manager.uploaded.read()
  const still = Object.fromEntries(Object.entries(known).filter(([mark]) => files.some((file) => file.mark === mark)))
  if (Object.keys(still).length < Object.keys(known).length) await manager.uploaded.save({ ...others, [source.name]: still })
}

async function uploadFile(file: LogFile, source: LogSource, manager: LogManager, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const uploaded = await manager.uploaded.read()
    const offset = uploaded[source.name]?.[file.mark] ?? 0
    if (offset >= file.size) return
    const batch = nextBatch(await readFrom(file, offset), source, manager.cloud.now())
    if (batch === undefined) return
    await putBatch(batch, source, manager)
    await manager.uploaded.save({ ...uploaded, [source.name]: { ...uploaded[source.name], [file.mark]: offset + batch.bytes } })
  }
}

async function putBatch({ date, events }: Batch, { kind, name }: LogSource, { thingName, cloud }: LogManager): Promise<void> {
  if (events.length === 0) return
  const logStreamName = `/${date}/thing/${thingName.replaceAll(':', '+')}` // a stream's name may hold no colon
  await putLogEvents({ logGroupName: `/aws/greengrass/${kind}/${cloud.region()}/${name}`, logStreamName }, events, cloud)
}
