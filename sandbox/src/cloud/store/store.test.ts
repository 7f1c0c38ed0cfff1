// sandbox/src/cloud/store/store.test.ts: the state file on a real disk.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { keyOf, openStore, prefixOf, StateUnreadable } from './store.ts'

function stateFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'store-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'state.sqlite')
}

test('what was put is there when the file is opened again, dates as dates', () => {
  const file = stateFile()
  const written = { name: 'a', at: new Date('2026-11-21T00:00:00Z'), deep: [{ at: new Date(0) }] }
  {
    using store = openStore(file)
    store.table('things').put('a', written)
    store.blobs('bodies').put('b', Uint8Array.of(1, 2, 3))
  }
  using store = openStore(file)
  expect(store.table('things').get('a')).toEqual(written)
  expect([...(store.blobs('bodies').get('b') ?? [])]).toEqual([1, 2, 3])
})

test('pages hold each key of a prefix once, in order', () => {
  using store = openStore(':memory:')
  const table = store.table<number>('things')
  for (const i of [3, 1, 2]) table.put(keyOf('g', `t${i}`), i)
  table.put(keyOf('g2', 't9'), 9)
  const first = table.page({ prefix: prefixOf('g'), limit: 2 })
  expect(first.items.map(([, value]) => value)).toEqual([1, 2])
  const second = table.page({ prefix: prefixOf('g'), after: first.next ?? '', limit: 2 })
  expect(second).toEqual({ items: [[keyOf('g', 't3'), 3]], next: undefined })
  expect(table.count(prefixOf('g'))).toBe(3)
  expect(table.all()).toHaveLength(4)
})

test('a prefix is found by search, not by reading the table from its beginning', () => {
  using store = openStore(':memory:')
  const table = store.table<number>('things')
  store.transaction(() => {
    for (let i = 0; i < 50_000; i++) table.put(keyOf('a', i), i)
    table.put(keyOf('b', 'x'), 1)
  })
  const began = process.threadCpuUsage()
  for (let i = 0; i < 100; i++) expect(table.count(prefixOf('b')) + table.all(prefixOf('b')).length + table.page({ prefix: prefixOf('b'), limit: 5 }).items.length).toBe(3)
  const { user, system } = process.threadCpuUsage(began) // of this thread, whatever else the machine does
  expect((user + system) / 1000).toBeLessThan(500) // about 10 ms; from the beginning it would take some 3 s
})

test('pages can be read backwards', () => {
  using store = openStore(':memory:')
  const table = store.table<number>('things')
  for (const i of [1, 2, 3]) table.put(keyOf('g', i), i)
  table.put('h', 9)
  const first = table.page({ prefix: prefixOf('g'), limit: 2, order: 'descending' })
  expect(first.items.map(([, value]) => value)).toEqual([3, 2])
  expect(table.page({ prefix: prefixOf('g'), after: first.next ?? '', limit: 2, order: 'descending' })).toEqual({ items: [[keyOf('g', 1), 1]], next: undefined })
})

test('what is to be done after a commit is done once, and not at all when there was none', () => {
  using store = openStore(':memory:')
  const done: string[] = []
  const first = () => void done.push('first')
  store.transaction(() => {
    store.transaction(() => store.afterCommit(first))
    store.afterCommit(first)
    expect(done).toEqual([])
  })
  expect(done).toEqual(['first'])
  expect(() => store.transaction(() => (store.afterCommit(first), fail()))).toThrow('no')
  store.transaction(() => undefined)
  expect(done).toEqual(['first'])
  store.afterCommit(first)
  expect(done).toEqual(['first', 'first'])
})

test('a transaction that throws leaves nothing behind', () => {
  using store = openStore(':memory:')
  const table = store.table<number>('things')
  expect(() => store.transaction(() => (table.put('a', 1), store.transaction(() => table.put('b', 2)), fail()))).toThrow('no')
  expect(table.count()).toBe(0)
})

const fail = () => {
  throw new Error('no')
}

test.each([
  ['no database at all', Buffer.from('not a database, but long enough to be looked at as one'.repeat(100))],
  ['a damaged one', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4096, 7)])],
])('%s is said to be unreadable', (_case, bytes) => {
  const file = stateFile()
  writeFileSync(file, bytes)
  expect(() => openStore(file)).toThrow(StateUnreadable)
})

test('what was read before is forgotten when it is put, deleted or taken back', () => {
  using store = openStore(':memory:')
  const [table, same] = [store.table<{ n: number }>('things'), store.table<{ n: number }>('things')]
  const read = () => [table.get('a')?.n, same.get('a')?.n]
  expect(read()).toEqual([undefined, undefined])
  table.put('a', { n: 1 })
  expect(read()).toEqual([1, 1])
  const fails = () =>
    store.transaction(() => {
      same.put('a', { n: 2 })
      expect(read()).toEqual([2, 2])
      throw new Error('taken back')
    })
  expect(fails).toThrow('taken back')
  expect(read()).toEqual([1, 1])
  same.delete('a')
  expect(read()).toEqual([undefined, undefined])
})

test('nobody changes what others read', () => {
  using store = openStore(':memory:')
  const table = store.table<{ deep: { n: number }[] }>('things')
  table.put('a', { deep: [{ n: 1 }] })
  expect(() => Object.assign(table.get('a')?.deep[0] ?? {}, { n: 2 })).toThrow(TypeError)
})

test('of more values than it remembers, each is still found', () => {
  using store = openStore(':memory:')
  const table = store.table<number>('things')
  for (let i = 0; i < 1200; i++) table.put(String(i), i)
  for (const _round of [1, 2]) for (let i = 0; i < 1200; i += 7) expect(table.get(String(i))).toBe(i)
})
