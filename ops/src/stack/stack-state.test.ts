// ops/src/stack/stack-state.test.ts: the state file: what was put is there for the next run, also what waits to be deleted.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { safe } from './secrets.ts'
import { openState, type RecordedResource } from './stack-state.ts'

const resource = (urn: string, more: Partial<RecordedResource> = {}): RecordedResource => ({ urn, type: 't', id: urn, inputs: {}, outputs: {}, dependencies: [], protect: false, retainOnDelete: false, ...more })

function files() {
  const folder = mkdtempSync(join(tmpdir(), 'state-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'deep', 'dev.stack.json')
  return { file, folder: join(folder, 'deep'), open: () => openState(file, safe(undefined)) }
}

test('what was put is there when it is opened again', async () => {
  const { open, folder } = files()
  const state = open()
  const former = resource('a', { id: '1', inputs: { name: 'x' } })
  await state.put(former)
  await state.supersede(former, resource('a', { id: '2' }))
  await state.put(resource('b', { dependencies: ['a'], pending: { operation: 'update', token: 't', inputs: { size: 1 } } }))
  await state.putOutputs({ release: 'r1' })
  const again = open()
  expect(again.all()).toEqual(state.all())
  expect(again.superseded()).toEqual([former])
  expect(again.get('b')?.pending).toEqual({ operation: 'update', token: 't', inputs: { size: 1 } })
  expect(again.outputs()).toEqual({ release: 'r1' })
  expect(readdirSync(folder)).toEqual(['dev.stack.json'])
})

test('the former goes without the one that replaced it', async () => {
  const { open } = files()
  const state = open()
  const former = resource('a', { id: '1' })
  const now = resource('a', { id: '2' })
  await state.supersede(former, now)
  await state.delete(former)
  expect(open().all()).toEqual([now])
  expect(open().superseded()).toEqual([])
})

test('a renamed resource keeps those that depend on it', async () => {
  const { open } = files()
  const state = open()
  await Promise.all([state.put(resource('a')), state.put(resource('b', { dependencies: ['a', 'c'] }))])
  await state.rename('a', 'z')
  expect(open().get('b')?.dependencies).toEqual(['z', 'c'])
  expect(open().get('z')?.id).toBe('a')
})

test('changes that come together are on disk before any of them is answered', async () => {
  const { open, file } = files()
  const state = open()
  const all = Array.from({ length: 50 }, (_, i) => state.put(resource(String(i))))
  await all[0]
  expect((JSON.parse(readFileSync(file, 'utf8')) as { resources: unknown[] }).resources).toHaveLength(50)
  await Promise.all(all)
})
