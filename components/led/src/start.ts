// components/led/src/start.ts: blinks the LED: its frequency is wished by the cloud, the button of this device turns it on and off.
import type { LedEvent, LedReported } from '@fleet/contract/led'
import type { LedSettings } from '@fleet/contract/settings'
import { shadows, telemetry } from '@fleet/contract/topics'
import { WIRING } from '@fleet/contract/wiring'
import { bell } from '@fleet/device-runtime/bell'
import { delivery } from '@fleet/device-runtime/outbox/deliver'
import { openOutbox } from '@fleet/device-runtime/outbox/outbox'
import { queue } from '@fleet/device-runtime/queue'
import type { ComponentContext } from '@fleet/device-runtime/run-component'
import { report } from '@fleet/device-runtime/shadow/report'
import { shadowClient, type ShadowNews } from '@fleet/device-runtime/shadow/shadow-client'
import { together } from '@fleet/device-runtime/task-group'
import { looksTheSame, shownBy } from './blink.ts'
import { ledFault, type LedFault } from './fault.ts'
import { hearButton, hearCloud } from './hear.ts'
import { after, LedChange, LedState, NEW_LED, type Happening, type Led } from './led.ts'

export async function start(context: ComponentContext<LedSettings>, signal: AbortSignal): Promise<void> {
  const fault = ledFault(context)
  try {
    await shine(context, fault, signal)
  } catch (error) {
    await fault.tell(error)
    throw error
  }
}

async function shine({ thing, settings, log, clock, files, gpio, local, cloud }: ComponentContext<LedSettings>, fault: LedFault, signal: AbortSignal): Promise<void> {
  await using line = await gpio.openOutput(WIRING.led)
  const outbox = await openOutbox({ files, name: 'led.json', state: LedState, event: LedChange, initial: NEW_LED, log })
  const news = queue<ShadowNews>()
  const shadow = shadowClient({ shadow: shadows.led, thing, cloud, clock, news })
  const happenings = queue<Happening>()
  const toReport = bell()
  let led: Led = { state: outbox.state, refused: null }

  async function live(own: AbortSignal): Promise<void> {
    await line.drive(shownBy(led.state))
    await fault.over()
    toReport.ring()
    for await (const happening of happenings.until(own)) await become(after(led, happening))
  }

  async function become(next: Led): Promise<void> {
    const before = led
    const { on, frequencyHz } = next.state
    const changes = looksTheSame(before.state, next.state) ? [] : [{ at: clock.now().toISOString(), on, frequencyHz }]
    if (next.state !== before.state) await outbox.record(next.state, ...changes)
    led = next
    if (next.refused && next.refused !== before.refused) log.warn('wish refused', next.refused)
    if (changes.length > 0) await line.drive(shownBy(next.state))
    if (changes.length > 0) log.info('led changed', { on, frequencyHz, sequence: outbox.sequence })
    if (changes.length > 0 || next.refused !== before.refused) toReport.ring()
  }

  const prepare = delivery({
    outbox,
    cloud,
    topic: settings.telemetryRule === '' ? undefined : telemetry.led.of(settings.telemetryRule, thing),
    entry: ({ sequence, event }): LedEvent => ({ sequence, ...event }),
    reported: (): LedReported => ({ on: led.state.on, frequencyHz: led.state.frequencyHz, refused: led.refused, sequence: outbox.sequence, lostEvents: outbox.lost }),
    ...{ clock, log },
  })
  await together(
    signal,
    line.watch,
    shadow.run,
    live,
    (own) => hearCloud({ shadow, news, clock, log }, happenings, own),
    (own) => hearButton({ local, log }, happenings, own),
    (own) => report({ shadow, bell: toReport, prepare, clock, log }, own),
  )
}
