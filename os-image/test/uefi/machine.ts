// os-image/test/uefi/machine.ts: an arm64 board with UEFI firmware in QEMU: a disk, a serial number, a network that reaches this machine as 10.0.2.2, and a plug.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as after } from 'node:timers/promises'
import { runTool } from '@fleet/ops/image/tool'
import { withPatience } from './patience.ts'

export interface MachineOptions {
  readonly folder: string
  /** A raw disk; it is never written to. */
  readonly disk: string
  /** DMI product serial, by which first boot knows the board. */
  readonly serial: string
  /** Bytes, as qemu-img takes them: `4G`. The card is larger than the image. */
  readonly cardSize: string
}

/** What a boot has said on its serial line, and when, in milliseconds since power on. */
export interface Said {
  readonly line: string
  readonly atMs: number
}

export interface Machine extends AsyncDisposable {
  /** Resolves with the first line of this boot that matches; rejects when the power goes. */
  readonly until: (pattern: RegExp) => Promise<Said>
  readonly powerOn: (circumstances?: Circumstances) => void
  /** As a plug that is pulled. */
  readonly powerCut: () => Promise<void>
  /** Plugs its network cable in or pulls it out. */
  readonly cable: (isIn: boolean) => Promise<void>
  /** As somebody who presses the power button; resolves when it is off. */
  readonly shutDown: () => Promise<void>
  /** The card's disk, with all that was written. Only while it is off. */
  readonly card: string
}

export interface Circumstances {
  /** What its battery-backed clock says: `2024-01-01T00:00:00`; right unless said otherwise. */
  readonly clock?: string
}

const FIRMWARE = '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd'

export async function machine({ folder, disk, serial, cardSize }: MachineOptions): Promise<Machine> {
  await mkdir(folder, { recursive: true })
  const card = join(folder, 'card.qcow2')
  const control = join(folder, 'qmp.sock')
  await runTool('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', disk, '-F', 'raw', card, cardSize])
  const log = createWriteStream(join(folder, 'serial.log'), { flags: 'a' })
  let said: Said[] = []
  const listeners = new Set<() => void>()
  let qemu: ChildProcess | undefined

  function powerOn({ clock = 'utc' }: Circumstances = {}): void {
    said = []
    const began = performance.now()
    const child = spawn('qemu-system-aarch64', [...board({ card, serial, control }), '-rtc', `base=${clock}`], { stdio: ['ignore', 'pipe', 'pipe'], detached: false })
    qemu = child
    let rest = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      log.write(text)
      const lines = `${rest}${text}`.split(/\r?\n/)
      rest = lines.pop() ?? ''
      for (const line of lines) said.push({ line, atMs: Math.round(performance.now() - began) })
      for (const listener of listeners) listener()
    })
    child.stderr.on('data', (text: Buffer) => log.write(text))
    child.once('close', () => {
      if (qemu === child) qemu = undefined
      for (const listener of listeners) listener()
    })
  }

  // A test that is ended from outside (`timeout`) must not leave a machine running.
  const pullPlug = () => void qemu?.kill('SIGKILL')
  const leave = () => process.exit(143)
  process.once('exit', pullPlug).once('SIGTERM', leave).once('SIGINT', leave)

  const lastWords = () => `its last words:\n${said.slice(-30).map(({ line }) => line).join('\n')}`
  const off = async (child: ChildProcess | undefined) => {
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'close')
  }
  const powerCut = async () => {
    const child = qemu
    child?.kill('SIGKILL')
    await off(child)
  }
  return {
    card,
    powerOn,
    powerCut,
    async shutDown() {
      const child = qemu
      await order(control, { execute: 'system_powerdown' })
      await off(child)
    },
    cable: (isIn) => order(control, { execute: 'set_link', arguments: { name: 'network', up: isIn } }),
    until: (pattern) =>
      withPatience(
        `${String(pattern)} from ${serial}`,
        (resolve, reject) => {
          const look = () => {
            const found = said.find(({ line }) => pattern.test(line))
            if (found) resolve(found)
            else if (qemu === undefined) reject(new Error(`the machine is off and has not said ${String(pattern)}; ${lastWords()}`))
          }
          listeners.add(look)
          look()
          return () => listeners.delete(look)
        },
        lastWords,
      ),
    async [Symbol.asyncDispose]() {
      await powerCut()
      process.off('exit', pullPlug).off('SIGTERM', leave).off('SIGINT', leave)
      log.end()
    },
  }
}

const board = ({ card, serial, control }: { readonly card: string; readonly serial: string; readonly control: string }) => [
  ...['-M', 'virt', '-cpu', 'cortex-a72', '-smp', '2', '-m', '2048', '-accel', 'tcg,thread=multi', '-bios', FIRMWARE],
  ...['-smbios', `type=1,serial=${serial}`],
  ...['-drive', `if=none,id=card,file=${card},format=qcow2`, '-device', 'virtio-blk-pci,drive=card,bootindex=0'],
  ...['-netdev', 'user,id=network', '-device', 'virtio-net-pci,netdev=network,romfile=', '-device', 'virtio-rng-pci'],
  ...['-display', 'none', '-monitor', 'none', '-serial', 'stdio', '-qmp', `unix:${control},server=on,wait=off`],
]

/** QEMU Machine Protocol: a greeting, then commands, each with its answer. @throws when QEMU refuses it, or is not there */
async function order(control: string, command: object): Promise<void> {
  const socket = await connected(control)
  socket.write(`{"execute":"qmp_capabilities"}\n${JSON.stringify(command)}\n`)
  let answers = 0
  for await (const line of createInterface({ input: socket })) {
    if (line.includes('"error"')) throw new Error(`QEMU: ${line}`)
    if (line.startsWith('{"return"') && ++answers === 2) break
  }
  socket.destroy()
}

/** QEMU makes its socket a moment after it was started. */
async function connected(control: string): Promise<Socket> {
  for (let tries = 1; ; tries++) {
    const socket = connect(control)
    const failure = await once(socket, 'connect').then(
      () => undefined,
      (error: unknown) => error as Error, // once() rejects with what «error» tells
    )
    if (failure === undefined) return socket
    if (tries === MOST_TRIES) throw failure
    await after(100)
  }
}

const MOST_TRIES = 100
