// os-image/test/uefi/setting.ts: what every chapter of this test has: a sandbox, the image's disk, a visitor beside the board.
import { parseSerialNumber, type SerialNumber } from '@fleet/contract/serial-number'
import type { BaseImage } from '@fleet/ops/image/base-image'
import type { DeviceStatus } from '@fleet/ops/status/device-status'
import { oneDeviceStatus } from '@fleet/ops/status/fleet-status'
import { setTimeout as after } from 'node:timers/promises'
import { serial, type RunningSandbox } from '../../../e2e/running-sandbox.ts'
import type { Machine } from './machine.ts'
import { tell } from './told.ts'
import type { Visitor } from './visitor.ts'

export interface Setting {
  readonly sandbox: RunningSandbox
  readonly folder: string
  /** Never written to. */
  readonly disk: string
  /** What the card has of the components’ images. */
  readonly base: BaseImage
  readonly visitor: Visitor
}

export const board = (number: number): SerialNumber => parseSerialNumber(`uefi-board-000${number}`)

/** Somebody else is always on the list: it must not be empty. */
export const listed = (sandbox: RunningSandbox, ...boards: readonly SerialNumber[]) => sandbox.allow([serial(1), ...boards], { confirmSuspend: 1 })

/** Tells what the board has said, and when; resolves with that, in milliseconds since power on. */
export async function saidBy(machine: Machine, pattern: RegExp): Promise<number> {
  const { line, atMs } = await machine.until(pattern)
  tell(`  ${(atMs / 1000).toFixed(1)} s after power on: ${line.replace(/^.*?\]: /, '').trim().slice(0, 200)}`)
  return atMs
}

/** Until the cloud says so of the device; each look costs a few calls. */
export async function cloudSays({ sandbox }: Setting, device: SerialNumber, what: string, isSo: (status: DeviceStatus) => boolean): Promise<void> {
  for (;;) {
    const status = await oneDeviceStatus(sandbox.target, device).catch(() => undefined) // unknown until it has joined
    if (status !== undefined && isSo(status)) return tell(`  the cloud says of ${device}: ${what}`)
    await after(1000)
  }
}

export const connected = (setting: Setting, device: SerialNumber, wanted: boolean): Promise<void> =>
  cloudSays(setting, device, wanted ? 'connected' : 'not connected', (status) => status.connected === wanted)
