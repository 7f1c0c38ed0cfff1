// components/health/src/start.ts: looks after the board: rolls up what it measures by the minute, reports it now and then, and raises alarms at once.
import { MINUTE_MS, SAMPLE_MS } from '@fleet/contract/health'
import type { HealthSettings } from '@fleet/contract/settings'
import { alarms, telemetry } from '@fleet/contract/topics'
import { sleep } from '@fleet/device-runtime/clock'
import { batchesOf } from '@fleet/device-runtime/outbox/batches'
import type { FileStore } from '@fleet/device-runtime/files/file-store'
import type { HostedContext } from '@fleet/device-runtime/run-component'
import * as z from 'zod'
import { jsonOf } from './json.ts'
import { changesOf, type Raised } from './limits.ts'
import { openLogBook, type Began } from './log-book.ts'
import { isNews, rollUp, type Minute } from './roll-up.ts'
import { look, type Vitals } from './vitals.ts'

export interface HealthContext extends Omit<HostedContext<HealthSettings>, 'gpio' | 'local'> {
  readonly diskUsage: () => Promise<number | undefined>
}

/** What the nucleus has not taken by then is tried again with the next report; it refuses at once while the cloud is out of reach. */
const DELIVERY = 'now'

export async function start({ thing, settings, log, clock, files, host, cloud, diskUsage }: HealthContext, signal: AbortSignal): Promise<void> {
  const bootId = (await host.read('proc/sys/kernel/random/boot_id').catch(() => undefined))?.trim() ?? ''
  const book = await openLogBook({ files, clock, log, bootId })
  const limits = { 'too-hot': settings.tooHotCelsius, 'disk-full': settings.diskFullPercent }
  let raised = await raisedIn(files)
  let reported: { readonly minute: Minute; readonly atMs: number } | undefined
  let sentThrough = 0

  /**
   * What was sent is kept until something after it was taken: a connection that is dead already is found out only then, and what went into
   * it is sent again. The same minutes make the same item.
   */
  async function send(): Promise<void> {
    if (settings.telemetryRule === '') return
    const unsent = book.pending().filter(({ sequence }) => sequence > sentThrough)
    const { batches } = batchesOf(unsent, { sentAt: clock.now().toISOString(), lost: book.lost })
    for (const batch of batches) {
      await cloud.publish(telemetry.health.of(settings.telemetryRule, thing), batch, DELIVERY)
      await book.drop(sentThrough)
      sentThrough = batch.lastSequence
    }
  }

  /** Until the nucleus has taken it: an alarm that was not told is told with the next minute. */
  async function watch(minute: Minute): Promise<void> {
    for (const { alarm, change } of changesOf(minute, limits, raised)) {
      if (settings.alarmRule !== '') await cloud.publish(alarms[alarm].of(settings.alarmRule, thing), { ...change, at: clock.now().toISOString() }, 'until-delivered')
      raised = { ...raised, [alarm]: change.state === 'raised' }
      await files.replace(RAISED, JSON.stringify(raised)).catch((why: unknown) => log.warn('alarm not noted; a restart may tell it again', { why }))
      log.warn('alarm', { alarm, ...change })
    }
  }

  async function roundOf(ms: number, before: Vitals | undefined): Promise<Vitals | undefined> {
    const looks: Vitals[] = []
    const began = { at: clock.now(), monotonicMs: clock.monotonicMs() }
    const endMs = began.monotonicMs + ms
    while (clock.monotonicMs() < endMs) {
      await sleep(clock, SAMPLE_MS, signal)
      looks.push(await look({ host, diskUsage }))
    }
    const minute = rollUp(looks, before)
    if (minute) await keep(minute, began)
    return looks.at(-1)
  }

  async function keep(minute: Minute, began: Began): Promise<void> {
    await watch(minute).catch((why: unknown) => log.warn('alarm not told yet', { why }))
    const nowMs = clock.monotonicMs()
    if (!isNews(minute, reported?.minute, (nowMs - (reported?.atMs ?? 0)) / MINUTE_MS)) return
    reported = { minute, atMs: nowMs }
    await book.add(minute, began)
  }

  let [sentMs, isReachable, last]: [number, boolean, Vitals | undefined] = [Number.NEGATIVE_INFINITY, true, await look({ host, diskUsage })]
  let roundMs: number = SAMPLE_MS // the first is short, and told at once: somebody who has just switched it on is looking
  try {
    while (!signal.aborted) {
      last = await roundOf(roundMs, last)
      roundMs = MINUTE_MS
      if (clock.monotonicMs() - sentMs < settings.reportSeconds * 1000) continue
      try {
        await send()
        sentMs = clock.monotonicMs()
        isReachable = true
      } catch (why) {
        if (isReachable) log.info('the cloud is out of reach; minutes are kept', { why })
        isReachable = false
        sentThrough = 0
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

const RAISED = 'raised.json'
const RaisedFile = z.object({ 'too-hot': z.boolean(), 'disk-full': z.boolean() })

/** What was told before a restart is not told again, and is told to be over when it is. */
async function raisedIn(files: FileStore): Promise<Raised> {
  const parsed = RaisedFile.safeParse(jsonOf((await files.read(RAISED)) ?? ''))
  return parsed.success ? parsed.data : { 'too-hot': false, 'disk-full': false }
}
