// os-image/test/uefi/main.ts ROOT.tar: the image of a board with UEFI starts in QEMU, joins the fleet of a sandbox on this machine, and survives what a device meets.
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseSerialNumber } from '@fleet/contract/serial-number'
import { runTool } from '@fleet/ops/image/tool'
import { oneDeviceStatus } from '@fleet/ops/status/fleet-status'
import { runningSandbox, serial } from '../../../e2e/running-sandbox.ts'
import { machine, type Machine } from './machine.ts'
import { site } from './site.ts'
import { timeServer } from './time-server.ts'

const DISK_SCRIPT = fileURLToPath(new URL('../../generic/disk.sh', import.meta.url))
const MIB = 1024 * 1024
const [root = ''] = process.argv.slice(2)
if (root === '') throw new Error('usage: node os-image/test/uefi/main.ts ROOT.tar')

const board = parseSerialNumber('uefi-board-0001')
const folder = await mkdtemp(join(process.env['FLEET_IMAGE_WORK'] ?? tmpdir(), 'fleet-uefi-'))
const began = performance.now()
const tell = (what: string) => void process.stdout.write(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${what}\n`)

async function toldBy(board: Machine, pattern: RegExp): Promise<number> {
  const { line, atMs } = await board.until(pattern)
  tell(`${(atMs / 1000).toFixed(1)} s after power on: ${line.replace(/^.*?(?=[\w-]+: )/, '').slice(0, 160)}`)
  return atMs
}

try {
  await using sandbox = await runningSandbox({ allowed: [serial(1)] })
  await using _time = await timeServer()
  tell('the sandbox runs')

  const { boot, overlay } = await site(sandbox.target, folder)
  const disk = join(folder, 'disk.img')
  await runTool('sh', [DISK_SCRIPT, resolve(root), boot, disk, overlay])
  const { size, blocks } = await stat(disk)
  tell(`the disk is made: ${(size / MIB).toFixed(0)} MiB, ${((blocks * 512) / MIB).toFixed(0)} MiB of them used`)

  /** Until the cloud says so of the device; each look costs a few calls. */
  const connected = async (wanted: boolean) => {
    for (;;) {
      const status = await oneDeviceStatus(sandbox.target, board).catch(() => undefined) // unknown until it has joined
      if (status !== undefined && status.connected === wanted) return
      await after(1000)
    }
  }

  await using uefi = await machine({ folder, disk, serial: board, cardSize: '6G' })
  tell('power on: the board is not listed')
  uefi.powerOn()
  await toldBy(uefi, /EFI stub|Linux version|systemd\[1\]: Detected|Welcome to/)
  await toldBy(uefi, /joining: Asking/)
  await toldBy(uefi, new RegExp(`refused: .*not on the allowlist: add ${board}`))
  tell('the plug is pulled in the middle of first boot')
  await uefi.powerCut()

  await sandbox.allow([serial(1), board])
  tell('it is listed now; power on')
  uefi.powerOn()
  await toldBy(uefi, /joined: This device has joined/)
  await connected(true)
  tell('the cloud says: connected')
  await toldBy(uefi, /seen: all/)
  for (const what of ['root', 'clock', 'input', 'listening', 'failed', 'swap', 'memory', 'docker']) await toldBy(uefi, new RegExp(`seen: ${what} `))

  await sandbox.allow([serial(1)], { confirmSuspend: 1 })
  await connected(false)
  tell('taken off the list: cut off')
  await sandbox.allow([serial(1), board])
  await connected(true)
  tell('listed again: connected, without a reboot')

  await uefi.shutDown()
  tell('shut down')
} finally {
  if (process.env['FLEET_IMAGE_KEEP'] === undefined) await rm(folder, { recursive: true, force: true })
  else tell(`kept: ${folder}`)
}
