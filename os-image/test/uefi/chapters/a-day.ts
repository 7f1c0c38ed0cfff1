// os-image/test/uefi/chapters/a-day.ts: a board that is listed joins, blinks, is pressed, is taken off the list and put back; and its figures.
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import type { SerialNumber } from '@fleet/contract/serial-number'
import { report } from '../figures.ts'
import { machine, type Machine } from '../machine.ts'
import { pulls, type Pulled } from '../pulled.ts'
import { board, cloudSays, connected, listed, saidBy, type Setting } from '../setting.ts'
import { holds, tell } from '../told.ts'

export async function aDay(setting: Setting): Promise<void> {
  const { sandbox, folder, disk, visitor } = setting
  const device = board(1)
  await listed(sandbox, device)
  tell(`${device} is listed; power on`)
  await using uefi = await machine({ folder: join(folder, device), disk, serial: device, cardSize: '6G' })
  const pulled = pulls(sandbox)
  uefi.powerOn()
  const welcomeMs = await joins(uefi)
  await connected(setting, device, true)
  tell(`  its light blinks: ${JSON.stringify(await visitor.sees('blinking', ({ light }) => light === 'blinking'))}`)
  await isPressed(setting, device)
  await looks(setting)
  onlyOwnLayers(setting, pulled())

  await listed(sandbox)
  tell(`${device} is taken off the list`)
  await connected(setting, device, false)
  await listed(sandbox, device)
  tell(`${device} is listed again`)
  await connected(setting, device, true)
  tell('  without a reboot')
  const figures = await visitor.run('figures')
  await uefi.shutDown()
  tell(`${device} is shut down`)
  for await (const line of report({ board: figures, welcomeMs, disk })) process.stdout.write(`${line}\n`)
}

/** Resolves with when systemd began, in milliseconds since power on. */
async function joins(uefi: Machine): Promise<number> {
  await saidBy(uefi, /BdsDxe: starting Boot/)
  const welcomeMs = await saidBy(uefi, /Welcome to/)
  for (const pattern of [/joining: Asking/, /proving: /, /joined: This device has joined/]) await saidBy(uefi, pattern)
  return welcomeMs
}

/** The button turns the LED off and on, and the cloud hears of both. A light that stutters, emulated, looks dark for a moment: hence the cloud. */
async function isPressed(setting: Setting, device: SerialNumber): Promise<void> {
  const { visitor } = setting
  await visitor.press()
  tell('  its button is pressed')
  await cloudSays(setting, device, 'off after one press', ({ led, buttonPresses }) => led?.on === false && buttonPresses === 1)
  await visitor.sees('dark', ({ light }) => light === 'dark')
  await visitor.press()
  await cloudSays(setting, device, 'on after two presses', ({ led, buttonPresses }) => led?.on === true && buttonPresses === 2)
  await visitor.sees('blinking', ({ light }) => light === 'blinking')
  tell('  ok: a press turned the light off, another on')
}

/** What the card has the registry is not asked for; of each component it is asked for its configuration and its own layers. */
function onlyOwnLayers({ base }: Setting, pulled: readonly Pulled[]): void {
  const [count, megabytes] = [COMPONENTS.split(';').length - 1, pulled.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6]
  const again = pulled.filter(({ digest }) => base.layers.some((layer) => layer.digest === digest))
  holds('the registry was asked for no layer that is on the card', again.length === 0, again.map(({ digest, bytes }) => `${digest} (${bytes} bytes)`).join(' '))
  holds(`it was asked for what ${count} components have of their own: ${megabytes.toFixed(1)} MB`, new Set(pulled.map(({ digest }) => digest)).size === 2 * count, `${pulled.length} blobs`)
}

const COMPONENTS = 'fleetwright.button;fleetwright.cert-rotator;fleetwright.health;fleetwright.led;fleetwright.os-update;'

async function looks({ visitor }: Setting): Promise<void> {
  let seen = await visitor.run('look')
  const of = (name: string) => seen.get(name) ?? 'nothing'
  while (of('containers') !== COMPONENTS) {
    await after(1000)
    seen = await visitor.run('look') // the last of them starts after the light and the button
  }
  tell('  ok: all components run in Docker')
  holds('the root has grown with the card', Number.parseInt(of('root')) > 5000, of('root'))
  holds('nothing comes in', of('input') === 'policy drop', of('input'))
  holds('the clock is synchronized', of('clock-synchronized') === 'yes', of('clock-synchronized'))
  holds('no unit has failed', of('failed-units') === '', of('failed-units'))
  holds('swap is memory', /^\/dev\/zram\d+;$/.test(of('swap')), of('swap'))
  holds('Docker has the components’ base image from the card, which has room again', of('base-image') === '1 in Docker, 0 files on the card', of('base-image'))
}
