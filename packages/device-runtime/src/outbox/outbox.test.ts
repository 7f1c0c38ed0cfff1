// packages/device-runtime/src/outbox/outbox.test.ts: state and events are kept together, numbered once, over restarts and power cuts.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { silentLog } from '@fleet/log'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { folderStore } from '../files/file-store.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { openOutbox } from './outbox.ts'

const openIn = (folder: string) =>
  openOutbox({ files: folderStore(folder), name: 'outbox.json', state: z.string(), event: z.string(), initial: 'made', log: silentLog })

test('numbers events from 1 and keeps them, with the state, over a restart', async () => {
  await using folder = await temporaryFolder()
  const first = await openIn(folder.path)
  expect(first).toMatchObject({ state: 'made', sequence: 0, lost: 0, pending: [] })
  await first.record('a', 'became a')
  await first.record('b', 'became b')
  await first.record('c')
  const second = await openIn(folder.path)
  expect(second).toMatchObject({ state: 'c', sequence: 2, pending: [{ sequence: 1, event: 'became a' }, { sequence: 2, event: 'became b' }] })
})

test('what was dropped is gone, its numbers are not used again', async () => {
  await using folder = await temporaryFolder()
  const first = await openIn(folder.path)
  await first.record('a', 'x')
  await first.record('a', 'y')
  await first.drop(1)
  expect(first.pending).toEqual([{ sequence: 2, event: 'y' }])
  await first.drop(2)
  const second = await openIn(folder.path)
  await second.record('a', 'z')
  expect(second.pending).toEqual([{ sequence: 3, event: 'z' }])
})

test('records at the same time come one after the other', async () => {
  await using folder = await temporaryFolder()
  const outbox = await openIn(folder.path)
  await Promise.all(Array.from({ length: 10 }, (_, index) => outbox.record(String(index), String(index))))
  expect((await openIn(folder.path)).pending.map(({ sequence, event }) => `${sequence}:${event}`)).toEqual(['1:0', '2:1', '3:2', '4:3', '5:4', '6:5', '7:6', '8:7', '9:8', '10:9'])
})

test('is bounded: the oldest make room, and are counted', async () => {
  await using folder = await temporaryFolder()
  const outbox = await openIn(folder.path)
  await outbox.record('many', ...Array.from({ length: 1003 }, (_, index) => `event ${index}`))
  expect(outbox).toMatchObject({ sequence: 1003, lost: 3 })
  expect(outbox.pending).toHaveLength(1000)
  expect(outbox.pending[0]).toEqual({ sequence: 4, event: 'event 3' })
  expect((await openIn(folder.path)).lost).toBe(3)
})

test('a write that fails leaves everything as it was, and the next one works', async () => {
  await using folder = await temporaryFolder()
  const files = folderStore(folder.path)
  let full = true
  const replace = (name: string, text: string) => (full ? Promise.reject(new Error('ENOSPC')) : files.replace(name, text))
  const outbox = await openOutbox({ files: { ...files, replace }, name: 'outbox.json', state: z.string(), event: z.string(), initial: 'made', log: silentLog })
  await expect(outbox.record('a', 'x')).rejects.toThrow('ENOSPC')
  expect(outbox).toMatchObject({ state: 'made', sequence: 0, pending: [] })
  full = false
  await outbox.record('b', 'y')
  expect(outbox).toMatchObject({ state: 'b', sequence: 1 })
})

test.each(['{"state":"a","seq', '[]', ''])('an unreadable file (%s) is set aside and said, not silently replaced', async (text) => {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'outbox.json'), text)
  const warnings: string[] = []
  const log = { ...silentLog, warn: (event: string) => void warnings.push(event) }
  const outbox = await openOutbox({ files: folderStore(folder.path), name: 'outbox.json', state: z.string(), event: z.string(), initial: 'made', log })
  expect(outbox.state).toBe('made')
  expect(warnings).toEqual(['state unreadable, begun anew'])
  expect(await folderStore(folder.path).read('outbox.json.unreadable')).toBe(text)
})

test('killed at any moment, nothing that was recorded is lost and no number is used twice', async () => {
  await using folder = await temporaryFolder()
  let recorded = 0
  for (let kill = 0; kill < 8; kill++) {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../testing/append-for-ever.ts'), folder.path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const until = recorded + 1 + kill * 7
    for await (const line of createInterface({ input: child.stdout })) {
      expect(Number(line)).toBeGreaterThan(recorded)
      recorded = Number(line)
      if (recorded >= until) child.kill('SIGKILL')
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    const count = z.number()
    const { state, sequence, pending } = await openOutbox({ files: folderStore(folder.path), name: 'outbox.json', state: count, event: count, initial: 0, log: silentLog })
    expect(sequence).toBeGreaterThanOrEqual(recorded)
    expect(sequence).toBeLessThanOrEqual(recorded + 1) // recorded, but killed before it was said
    expect(state).toBe(sequence)
    expect(pending.map((numbered) => numbered.event)).toEqual(Array.from({ length: sequence }, (_, index) => index + 1))
    recorded = sequence
  }
})
