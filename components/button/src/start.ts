// components/button/src/start.ts: counts the presses of the button, tells the LED of this device and, as soon as it can be reached, the cloud.
import { ButtonPressed, DEBOUNCE_MS, type ButtonReported } from '@fleet/contract/button'
import type { ButtonSettings } from '@fleet/contract/settings'
import { local as localTopics, shadows, telemetry } from '@fleet/contract/topics'
import { WIRING } from '@fleet/contract/wiring'
import { bell } from '@fleet/device-runtime/bell'
import type { Clock } from '@fleet/device-runtime/clock'
import type { Edge } from '@fleet/device-runtime/gpio/gpio'
import { delivery } from '@fleet/device-runtime/outbox/deliver'
import { openOutbox } from '@fleet/device-runtime/outbox/outbox'
import type { ComponentContext } from '@fleet/device-runtime/run-component'
import { report } from '@fleet/device-runtime/shadow/report'
import { shadowClient } from '@fleet/device-runtime/shadow/shadow-client'
import { together } from '@fleet/device-runtime/task-group'
import * as z from 'zod'
import { presses } from './presses.ts'

/** What survives restarts; how many presses there were is the outbox's own count. `on` is what the LED shall be. */
const ButtonState = z.object({ on: z.boolean(), lastPressedAt: z.iso.datetime().nullable() })
const Press = ButtonPressed.omit({ presses: true })

export async function start({ thing, settings, log, clock, files, gpio, local, cloud }: ComponentContext<ButtonSettings>, signal: AbortSignal): Promise<void> {
  await using line = await gpio.openInput(WIRING.button, { bias: 'pull-up' })
  const initial = { on: true, lastPressedAt: null }
  const outbox = await openOutbox({ files, name: 'button.json', state: ButtonState, event: Press, initial, log })
  const shadow = shadowClient({ shadow: shadows.button, thing, cloud, clock })
  const toReport = bell()
  toReport.ring()

  /** Counted on the disk before anyone is told: a count that was told must not come again. */
  async function count(own: AbortSignal): Promise<void> {
    for await (const edge of presses(line.edges(own), { quietMs: DEBOUNCE_MS })) {
      const press = { on: !outbox.state.on, at: timeOf(edge, clock).toISOString() }
      await outbox.record({ on: press.on, lastPressedAt: press.at }, press)
      log.info('button pressed', { presses: outbox.sequence, on: press.on })
      toReport.ring()
      await tell()
    }
  }

  async function answer(own: AbortSignal): Promise<void> {
    for await (const _ of local.subscribe(localTopics.buttonAsked, own)) await tell() // also when the nucleus was away and may have missed it
  }

  async function tell(): Promise<void> {
    const { on, lastPressedAt } = outbox.state
    if (lastPressedAt === null) return
    const press: ButtonPressed = { presses: outbox.sequence, on, at: lastPressedAt }
    await local.publish(localTopics.buttonPressed, press).catch((why: unknown) => log.warn('led not told', { why })) // told again by answer()
  }

  const prepare = delivery({
    outbox,
    cloud,
    topic: settings.telemetryRule === '' ? undefined : telemetry.button.of(settings.telemetryRule, thing),
    entry: ({ sequence, event }): ButtonPressed => ({ presses: sequence, ...event }),
    reported: (): ButtonReported => ({ presses: outbox.sequence, lastPressedAt: outbox.state.lastPressedAt, lostEvents: outbox.lost }),
    ...{ clock, log },
  })
  await together(signal, shadow.run, count, answer, (own) => report({ shadow, bell: toReport, prepare, clock, log }, own))
}

/** The time of day at which the edge happened, however late we are. */
const timeOf = ({ atMs }: Edge, clock: Clock): Date => new Date(clock.now().getTime() - (clock.monotonicMs() - atMs))
