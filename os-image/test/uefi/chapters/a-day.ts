// os-image/test/uefi/chapters/a-day.ts: a board that is listed joins, blinks, is pressed, is taken off the list and put back; and its figures.
import { join } from 'node:path'
import { machine, type Machine } from '../machine.ts'
import { board, connected, listed, saidBy, type Setting } from '../setting.ts'
import { figures, holds, seconds, tell } from '../told.ts'

export async function aDay(setting: Setting): Promise<void> {
  const { sandbox, folder, disk, visitor } = setting
  const device = board(1)
  await listed(sandbox, device)
  tell(`${device} is listed; power on`)
  await using uefi = await machine({ folder: join(folder, device), disk, serial: device, cardSize: '6G' })
  const on = performance.now()
  uefi.powerOn()
  await joins(uefi)
  await connected(setting, device, true)
  const blinking = await visitor.sees('blinking', ({ light }) => light === 'blinking')
  figures.set('power on → first blink', seconds(performance.now() - on))
  tell(`  its light blinks: ${JSON.stringify(blinking)}`)
  await isPressed(setting)
  await looks(setting)

  await listed(sandbox)
  tell(`${device} is taken off the list`)
  await connected(setting, device, false)
  await listed(sandbox, device)
  tell(`${device} is listed again`)
  await connected(setting, device, true)
  tell('  without a reboot')
  await uefi.shutDown()
  tell(`${device} is shut down`)
}

async function joins(uefi: Machine): Promise<void> {
  for (const [name, pattern] of [
    ['firmware, up to the loader', /BdsDxe: starting Boot/],
    ['loader and kernel, up to systemd', /Welcome to/],
    ['system, to first boot’s question', /joining: Asking/],
    ['own certificate', /proving: /],
    ['joined', /joined: This device has joined/],
  ] as const)
    figures.set(`power on → ${name}`, seconds(await saidBy(uefi, pattern)))
}

/** The button turns the LED off and on. */
async function isPressed({ visitor }: Setting): Promise<void> {
  await visitor.press()
  tell('  its button is pressed')
  await visitor.sees('dark', ({ light }) => light === 'dark')
  await visitor.press()
  await visitor.sees('blinking', ({ light }) => light === 'blinking')
  tell('  ok: a press turned the light off, another on')
}

/** Two minutes, which may be too short where they are emulated; what comes after goes on all the same. */
const WAIT_FOR_TIME = 'systemd-time-wait-sync.service;'

async function looks({ visitor }: Setting): Promise<void> {
  const seen = await visitor.look()
  for (const [name, value] of seen) figures.set(name, value)
  const of = (name: string) => seen.get(name) ?? 'nothing'
  holds('the root has grown with the card', Number.parseInt(of('root')) > 5000, of('root'))
  holds('nothing comes in', of('input') === 'policy drop', of('input'))
  holds('the clock is synchronized', of('clock-synchronized') === 'yes', of('clock-synchronized'))
  holds('no unit has failed', of('failed-units').replace(WAIT_FOR_TIME, '') === '', of('failed-units'))
  holds('swap is memory', /^(\/dev\/zram\d+;)?$/.test(of('swap')), of('swap'))
  holds('all components run in Docker', of('containers') === 'fleetwright.button;fleetwright.cert-rotator;fleetwright.health;fleetwright.led;fleetwright.os-update;', of('containers'))
}
