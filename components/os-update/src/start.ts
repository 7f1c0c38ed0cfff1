// components/os-update/src/start.ts: has the host unit update the operating system once for each id that the stage wishes, and reports how it goes.
import { OsUpdateStanding, type OsUpdateEvent, type OsUpdateReported } from '@fleet/contract/os-update'
import type { OsUpdateSettings } from '@fleet/contract/settings'
import { shadows, telemetry } from '@fleet/contract/topics'
import { bell } from '@fleet/device-runtime/bell'
import { sleep } from '@fleet/device-runtime/clock'
import { delivery } from '@fleet/device-runtime/outbox/deliver'
import { openOutbox } from '@fleet/device-runtime/outbox/outbox'
import type { HostedContext } from '@fleet/device-runtime/run-component'
import { report } from '@fleet/device-runtime/shadow/report'
import { shadowClient } from '@fleet/device-runtime/shadow/shadow-client'
import { together } from '@fleet/device-runtime/task-group'
import * as z from 'zod'
import { ask, hostAnswer, withdraw } from './host.ts'
import { next } from './update-once.ts'

const State = z.object({ standing: OsUpdateStanding.nullable(), at: z.iso.datetime() })
const Change = OsUpdateStanding.omit({ packages: true }).extend({ at: z.iso.datetime() })

const LOOK_MS = 1000 // at one small file, while an update is under way
const ASK_AGAIN_MS = 15 * 60_000 // the request may have been missed; the host unit answers it within seconds, also when it has to wait

type Context = Pick<HostedContext<OsUpdateSettings>, 'thing' | 'settings' | 'log' | 'clock' | 'files' | 'host' | 'cloud'>

export async function start({ thing, settings, log, clock, files, host, cloud }: Context, signal: AbortSignal): Promise<void> {
  const initial = { standing: null, at: clock.now().toISOString() }
  const outbox = await openOutbox({ files, name: 'os-update.json', state: State, event: Change, initial, log })
  const shadow = shadowClient({ shadow: shadows.osUpdate, thing, cloud, clock })
  const toReport = bell()
  if (outbox.state.standing !== null) toReport.ring()

  /** On the disk before anyone is told: what was told to be done is not asked for again. */
  async function decide(isSilent: boolean): Promise<void> {
    const { standing } = outbox.state
    const after = next(standing, settings.id, (await hostAnswer(host)) ?? (isSilent ? 'silent' : 'nothing'))
    if (after === null || after === standing) return
    const at = clock.now().toISOString()
    const { packages: _, ...change } = after
    await outbox.record({ standing: after, at }, { ...change, at })
    log[after.state === 'failed' ? 'warn' : 'info']('update of the operating system', change)
    toReport.ring()
  }

  async function update(own: AbortSignal): Promise<void> {
    if (settings.id === '') return withdraw(files)
    await decide(false)
    for (let askedAt = -Infinity; outbox.state.standing?.state !== 'done'; await sleep(clock, LOOK_MS, own)) {
      const isDue = clock.monotonicMs() - askedAt >= ASK_AGAIN_MS
      if (isDue) await ask(files, { id: settings.id, reboot: settings.reboot })
      await decide(isDue && askedAt > -Infinity)
      if (isDue) askedAt = clock.monotonicMs()
    }
  }

  const prepare = delivery({
    outbox,
    cloud,
    topic: settings.telemetryRule === '' ? undefined : telemetry.osUpdate.of(settings.telemetryRule, thing),
    entry: ({ sequence, event }): OsUpdateEvent => ({ sequence, ...event }),
    reported: () => reportedOf(outbox.state, outbox.sequence, outbox.lost),
    ...{ clock, log },
  })
  await together(signal, shadow.run, update, (own) => report({ shadow, bell: toReport, prepare, clock, log }, own))
}

/** Null removes what was said of a former update or state. Only asked for when there is something to report. */
const reportedOf = ({ standing, at }: z.infer<typeof State>, sequence: number, lostEvents: number): OsUpdateReported | object =>
  standing === null ? {} : ({ why: null, changed: null, packages: null, rebootPending: null, ...standing, at, sequence, lostEvents } satisfies OsUpdateReported)
