// os-image/test/uefi/chapters/bad-input.ts: what a board says on its boot partition when the claim is not there, when fleet.toml is wrong, when its clock is.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { diskWith, onBootPartition } from '../disk.ts'
import { machine, type Circumstances, type Machine } from '../machine.ts'
import { board, saidBy, type Setting } from '../setting.ts'
import { holds, tell } from '../told.ts'
import { timeServer } from '../time-server.ts'

/** No time server runs while it goes on. */
export async function badInput(setting: Setting): Promise<void> {
  const changes = { without: ['fleet/private.key', 'fleet/certificate.pem'], added: { 'fleet.toml': 'hostname = "no closing quote\n' } }
  await using uefi = await started(setting, { number: 3, changes })
  await saidBy(uefi, /needs-help: fleet\.toml on the boot partition is wrong/)
  await saidBy(uefi, /needs-help: The claim on the boot partition is not there/)
  await uefi.powerCut()
  const status = (await onBootPartition(uefi.card, 'fleet-status.txt')) ?? ''
  holds('its status says that the claim is missing, and what to do', /^what: {3}The claim on the boot partition is not there.*\nto do: {2}Flash the card/m.test(status), status)
  holds('and that fleet.toml is wrong, in which line', /^also: {3}fleet\.toml is wrong and was not taken over: .*line 1/m.test(status), status)
  holds('fleet.toml is as it was', (await onBootPartition(uefi.card, 'fleet.toml')) === changes.added['fleet.toml'], 'another text')
}

/** systemd sets a clock that is older than itself to the day it was built on: with one of this year's, TLS is what fails. */
const NO_TIME = /needs-help: The clock is wrong|offline: .*the TLS handshake failed; the clock says/

/** No time server runs while it goes on, but the one that it starts. */
export async function wrongClock(setting: Setting): Promise<void> {
  await using uefi = await started(setting, { number: 4, circumstances: { clock: '2024-01-01T00:00:00' } })
  await saidBy(uefi, NO_TIME)
  await using _time = await timeServer()
  tell('a time server answers now')
  await saidBy(uefi, /refused: .*not on the allowlist/)
  tell('  ok: it went on by itself')
}

interface Start {
  readonly number: number
  readonly changes?: Parameters<typeof diskWith>[2]
  readonly circumstances?: Circumstances
}

async function started({ folder, disk }: Setting, { number, changes, circumstances }: Start): Promise<Machine> {
  const own = join(folder, board(number))
  await mkdir(own)
  const variant = changes === undefined ? disk : await diskWith(disk, join(own, 'disk.img'), changes)
  const uefi = await machine({ folder: own, disk: variant, serial: board(number), cardSize: '6G' })
  tell(`${board(number)}: ${changes === undefined ? 'its clock is years behind, and no time server answers' : 'no claim on its card, and a fleet.toml with a fault'}; power on`)
  uefi.powerOn(circumstances)
  return uefi
}
