// components/led/src/hear.ts: what the LED hears: the button of this device, also without the cloud, and the wishes of the cloud.
import { ButtonPressed } from '@fleet/contract/button'
import { local as localTopics } from '@fleet/contract/topics'
import type { LocalBus } from '@fleet/device-runtime/bus/bus'
import type { Queue } from '@fleet/device-runtime/queue'
import { wishes, type WishesOptions } from '@fleet/device-runtime/shadow/wishes'
import type { Log } from '@fleet/log'
import type { Happening } from './led.ts'

export async function hearCloud(options: WishesOptions, happenings: Queue<Happening>, signal: AbortSignal): Promise<void> {
  for await (const desired of wishes(options, signal)) happenings.push({ kind: 'wished', desired })
}

/** Asks the button for its last press whenever a press may have been missed. */
export async function hearButton({ local, log }: { local: LocalBus; log: Log }, happenings: Queue<Happening>, signal: AbortSignal): Promise<void> {
  for await (const heard of local.subscribe(localTopics.buttonPressed, signal)) {
    if (heard.kind === 'subscribed') await ask({ local, log })
    else pressed(heard.message, { happenings, log })
  }
}

/** If the nucleus has just gone it is asked again when that is back. */
async function ask({ local, log }: { local: LocalBus; log: Log }): Promise<void> {
  await local.publish(localTopics.buttonAsked, {}).catch((why: unknown) => log.warn('button not asked', { why }))
}

function pressed(message: unknown, { happenings, log }: { happenings: Queue<Happening>; log: Log }): void {
  const press = ButtonPressed.safeParse(message)
  if (press.success) happenings.push({ kind: 'pressed', press: press.data })
  else log.warn('press not understood', { why: press.error.message })
}
