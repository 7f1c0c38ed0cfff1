// os-image/test/uefi/chapters/power-cut.ts: a board without network, and not listed, that loses power at the very moment it has got its certificate, joins all the same.
import { join } from 'node:path'
import { machine } from '../machine.ts'
import { board, connected, listed, saidBy, type Setting } from '../setting.ts'
import { onBootPartition } from '../disk.ts'
import { holds, tell } from '../told.ts'

export async function powerCut(setting: Setting): Promise<void> {
  const { sandbox, folder, disk } = setting
  const device = board(2)
  await listed(sandbox)
  await using uefi = await machine({ folder: join(folder, device), disk, serial: device, cardSize: '6G' })
  tell(`${device} is not listed, and its network cable is out; power on`)
  uefi.powerOn()
  await uefi.cable(false)
  await saidBy(uefi, /offline: /)
  tell('the cable is plugged in')
  await uefi.cable(true)
  await saidBy(uefi, new RegExp(`refused: .*not on the allowlist: add ${device}`))
  await listed(sandbox, device)
  tell(`${device} is listed now; nobody touches it`)
  await saidBy(uefi, /proving: /)
  await uefi.powerCut()
  tell('the plug was pulled as soon as it had its certificate')
  const status = (await onBootPartition(uefi.card, 'fleet-status.txt')) ?? ''
  holds('its status is whole on the card', /^serial: uefi-board-0002$[^]*^time: {3}/m.test(status), status)
  holds('the claim is still there: nothing is proven', (await onBootPartition(uefi.card, 'fleet/private.key'))?.includes('-----END ') === true, 'no claim key')

  uefi.powerOn()
  tell('power on again')
  await saidBy(uefi, /joined: This device has joined/)
  await connected(setting, device, true)
  await uefi.powerCut()
  holds('the claim is erased', (await onBootPartition(uefi.card, 'fleet/private.key')) === undefined, 'the claim key')
  holds('its status says that it has joined', /^state: {2}joined$/m.test((await onBootPartition(uefi.card, 'fleet-status.txt')) ?? ''), 'another status')
}
