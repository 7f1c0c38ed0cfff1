// components/led/src/fault.ts: tells the cloud that the LED cannot be driven, once, and that it can be again.
import type { AlarmChange } from '@fleet/contract/alarm'
import { FleetError } from '@fleet/contract/errors'
import type { LedSettings } from '@fleet/contract/settings'
import { alarms } from '@fleet/contract/topics'
import type { ComponentContext } from '@fleet/device-runtime/run-component'

export interface LedFault {
  /** Whatever is no fault of the line is not told: it is in the log, and the nucleus restarts us. */
  tell(error: unknown): Promise<void>
  /** The line is ours and driven. */
  over(): Promise<void>
}

/** Is there while the fault was told and is not over: the nucleus restarts this component again and again meanwhile. */
const FILE = 'fault'

export function ledFault({ thing, settings: { alarmRule }, log, clock, files, cloud }: Pick<ComponentContext<LedSettings>, 'thing' | 'settings' | 'log' | 'clock' | 'files' | 'cloud'>): LedFault {
  const send = async (state: AlarmChange['state'], why: string) => {
    if (alarmRule === '') return
    await cloud.publish(alarms['led-fault'].of(alarmRule, thing), { state, at: clock.now().toISOString(), why } satisfies AlarmChange, 'until-delivered')
  }
  const attempt = (work: () => Promise<void>) => work().catch((why: unknown) => log.warn('alarm not told', { why })) // it must not hide the fault itself
  return {
    tell: (error) =>
      attempt(async () => {
        if (!(error instanceof FleetError) || !error.code.startsWith('GPIO_') || (await files.read(FILE)) !== undefined) return
        await send('raised', error.message)
        await files.replace(FILE, error.message)
      }),
    over: () =>
      attempt(async () => {
        if ((await files.read(FILE)) === undefined) return
        await send('cleared', 'the LED is driven again')
        await files.remove(FILE)
      }),
  }
}
