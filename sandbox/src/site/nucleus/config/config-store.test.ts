// sandbox/src/site/nucleus/config/config-store.test.ts: the configuration and its times, over restarts, cuts and roll-backs.
import { spawn } from 'node:child_process'
import { appendFileSync, mkdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { silentLog } from '@fleet/log'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { nucleusPaths } from '../paths.ts'
import { temporaryFolder } from '../testing.ts'
import { openConfigStore, type ConfigStore } from './config-store.ts'
import type { ConfigChange } from './config-tree.ts'
import { deploymentBehaviour, merging, replacing } from './merge-behaviour.ts'

const now = () => new Date(5000)

function rootFolder(): string {
  const root = temporaryFolder()
  mkdirSync(join(root, 'config'))
  return root
}
const open = (root = rootFolder(), initConfig?: string) => openConfigStore({ paths: nucleusPaths(root), log: silentLog, now, initConfig })

async function reopened(root: string, store: ConfigStore): Promise<ConfigStore> {
  store.close()
  return open(root)
}

test('a value with an earlier time loses, a later one wins, whatever the case of names', async () => {
  const store = await open()
  store.set(['services', 'A', 'configuration', 'Key'], 'late', 3000)
  store.merge(['services', 'A', 'configuration'], { key: 'early', other: 1 }, merging(2000))
  expect(store.plain('services', 'a', 'CONFIGURATION')).toEqual({ Key: 'late', other: 1 })
  store.merge(['services', 'A', 'configuration'], { KEY: 'later' }, merging(4000))
  expect(store.value('services', 'A', 'configuration', 'key')).toBe('later')
})

test('objects are merged, lists and null replace, an object and a value take one another’s place', async () => {
  const store = await open()
  const at = ['c']
  store.merge(at, { object: { a: 1, b: 2 }, list: [1, 2], value: 1, branch: { x: 1 }, gone: 1 }, merging(1))
  store.merge(at, { object: { b: 3 }, list: [3], value: { y: 1 }, branch: 5, gone: null }, merging(2))
  expect(store.plain('c')).toEqual({ branch: 5, gone: null, list: [3], object: { a: 1, b: 3 }, value: { y: 1 } })
})

test('replacing removes what the new map does not name', async () => {
  const store = await open()
  store.merge(['c'], { a: 1, b: { x: 1 } }, merging(1))
  store.merge(['c'], { b: { y: 2 } }, replacing(2))
  expect(store.plain('c')).toEqual({ b: { y: 2 } })
})

test('a default fills a gap only, and any value comes after it', async () => {
  const store = await open()
  store.setDefault(['a'], 'default')
  store.setDefault(['a'], 'other')
  expect(store.value('a')).toBe('default')
  store.set(['a'], 'set', 2)
  expect(store.value('a')).toBe('set')
})

test('names that begin with _ are kept but not shown', async () => {
  const store = await open()
  store.merge(['c'], { _private: 1, shown: 2 }, merging(1))
  expect(store.plain('c')).toEqual({ shown: 2 })
  expect(store.value('c', '_private')).toBe(1)
})

test('everything is there after a restart, with its times', async () => {
  const root = rootFolder()
  const first = await open(root)
  first.merge(['services', 'A'], { list: [1, { x: null }], text: 'ä', number: 1.5 }, merging(3000))
  first.set(['removed'], 1)
  first.remove(['removed'])
  const second = await reopened(root, first)
  expect(second.plain('services', 'A')).toEqual({ list: [1, { x: null }], number: 1.5, text: 'ä' })
  expect(second.find('removed')).toBeUndefined()
  second.merge(['services', 'A'], { number: 2 }, merging(2999))
  expect(second.value('services', 'A', 'number')).toBe(1.5)
})

test('the lines of the log are those of the nucleus, which first boot reads', async () => {
  const root = rootFolder()
  const store = await open(root)
  store.set(['system', 'thingName'], 'core-1', 4000)
  store.remove(['system', 'thingName'])
  const lines = readFileSync(join(root, 'config/config.tlog'), 'utf8')
  expect(lines).toContain('{"TS":4000,"TP":["system","thingName"],"W":"changed","V":"core-1"}\n')
  expect(lines).toContain('"TP":["system","thingName"],"W":"removed"')
})

test('a change is in the log before anyone hears of it', async () => {
  const root = rootFolder()
  const store = await open(root)
  const heard: [ConfigChange, boolean][] = []
  store.onChange(['a'], (change) => heard.push([change, readFileSync(join(root, 'config/config.tlog'), 'utf8').includes('"V":7')]))
  store.set(['a', 'b'], 7)
  store.set(['other'], 7)
  expect(heard.map(([{ what, path }, isKept]) => [what, path.join('.'), isKept])).toEqual([
    ['interiorAdded', 'a', true],
    ['created', 'a.b', true],
    ['changed', 'a.b', true],
  ])
})

test('a line that a power cut has torn is dropped, with nothing after it lost', async () => {
  const root = rootFolder()
  const store = await open(root)
  store.set(['a'], 1)
  const log = join(root, 'config/config.tlog')
  appendFileSync(log, '{"TS":5000,"TP":["b"],"W":"chan')
  const second = await open(root)
  expect(second.value('a')).toBe(1)
  second.set(['c'], 3)
  expect((await reopened(root, second)).plain()).toMatchObject({ a: 1, c: 3 })
})

test('without a usable log the bootstrap log of the first start counts', async () => {
  const root = rootFolder()
  const initConfig = join(root, 'init.yaml')
  writeFileSync(initConfig, 'system: {thingName: core-1}')
  ;(await open(root, initConfig)).close()
  truncateSync(join(root, 'config/config.tlog'))
  expect((await open(root)).value('system', 'thingName')).toBe('core-1')
})

test('the init config is merged with the time of its file, until the device has a name', async () => {
  const root = rootFolder()
  const initConfig = join(root, 'init.yaml')
  writeFileSync(initConfig, 'services: {A: {configuration: {a: init, b: init}}}')
  utimesSync(initConfig, 4, 4)
  const first = await open(root)
  first.set(['services', 'A', 'configuration', 'a'], 'set', 4001)
  first.set(['services', 'A', 'configuration', 'b'], 'set', 3999)
  first.close()
  const second = await open(root, initConfig)
  expect(second.plain('services', 'A', 'configuration')).toEqual({ a: 'set', b: 'init' })
  second.set(['system', 'thingName'], 'core-1')
  second.close()
  writeFileSync(initConfig, 'services: {A: {configuration: {a: late}}}')
  expect((await open(root, initConfig)).value('services', 'A', 'configuration', 'a')).toBe('set')
})

test('a roll-back takes values back in time and removes what was not there, but for the nucleus’s own', async () => {
  const root = rootFolder()
  const store = await open(root)
  store.merge(['services', 'A'], { configuration: { a: 'before' }, version: '1.0.0', runtime: { kept: 0 } }, merging(1000))
  store.merge(['services', 'Own'], { count: 1 }, merging(1000))
  const snapshot = store.snapshot()
  const wanted = { services: { A: { configuration: { a: { deep: 1 }, b: 2 }, version: '2.0.0' }, B: { version: '1.0.0' } } }
  store.merge([], wanted, deploymentBehaviour(4000, 3000, ['Own']))
  store.set(['services', 'A', 'runtime', 'note'], 1)
  expect(store.plain('services', 'A')).toEqual({ configuration: { a: { deep: 1 }, b: 2 }, runtime: { kept: 0, note: 1 }, version: '2.0.0' })
  store.set(['services', 'Own', 'count'], 2)
  store.rollBack(snapshot, deploymentBehaviour(5000, 5000, ['Own']))
  const expected = { A: { configuration: { a: 'before' }, runtime: { kept: 0, note: 1 }, version: '1.0.0' }, Own: { count: 1 } }
  expect(store.plain('services')).toEqual(expected)
  expect((await reopened(root, store)).plain('services')).toEqual(expected)
})

test('the log is made short again, and effectiveConfig.yaml shows what counts', async () => {
  const root = rootFolder()
  const store = await open(root)
  const keys = Array.from({ length: 1000 }, (_, index) => `key${index}`)
  for (let round = 1; round <= 20; round++) store.merge(['services', 'A'], Object.fromEntries(keys.map((key) => [key, round])), merging(round))
  expect(readFileSync(join(root, 'config/config.tlog'), 'utf8').split('\n').length).toBeLessThan(10_000)
  store.close()
  const effective = parse(readFileSync(join(root, 'config/effectiveConfig.yaml'), 'utf8')) as { services: { A: Record<string, number> } }
  expect(effective.services.A).toMatchObject({ key0: 20, key999: 20 })
  expect((await open(root)).value('services', 'A', 'key500')).toBe(20)
})

test('killed in the middle of its writing, it has all that it had kept', async () => {
  const root = rootFolder()
  const writer = join(root, 'writer.ts')
  const modules = { store: import.meta.resolve('./config-store.ts'), paths: import.meta.resolve('../paths.ts') }
  writeFileSync(
    writer,
    `import { openConfigStore } from '${modules.store}'
     import { nucleusPaths } from '${modules.paths}'
     const store = await openConfigStore({ paths: nucleusPaths(${JSON.stringify(root)}), now: () => new Date() })
     for (let n = (store.value('n') ?? 0) + 1; ; n++) {
       store.set(['n'], n, n)
       process.stdout.write(n + '\\n')
     }`,
  )
  let told = 0
  for (let cut = 0; cut < 3; cut++) {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', writer], { stdio: ['ignore', 'pipe', 'inherit'] })
    for await (const line of createInterface({ input: child.stdout })) {
      told = Number(line)
      if (told % 40 === 0) child.kill('SIGKILL')
    }
    const store = await open(root)
    expect(store.value('n')).toBeGreaterThanOrEqual(told)
    store.close()
  }
  expect(told).toBeGreaterThanOrEqual(120)
})
