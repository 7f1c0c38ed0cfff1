// sandbox/src/opening/state-folder.test.ts: whose folder it is, what --fresh removes, and that two sandboxes cannot share it.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStateFolder } from './state-folder.ts'

let path: string
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'fleet-state-')), 'state')
})
afterEach(() => rmSync(join(path, '..'), { recursive: true }))

const open = (options: { isFresh?: boolean; region?: string } = {}) => openStateFolder({ path, isFresh: false, region: 'eu-central-1', ...options })
const written = () => {
  mkdirSync(join(path, 'cloud'))
  writeFileSync(join(path, 'cloud/cloud.sqlite'), 'x')
  writeFileSync(join(path, 'cloud/cloud.sqlite.corrupt-20261121'), 'y')
}

test('a new folder is cold, the same again is warm, and fresh it is cold', () => {
  {
    using folder = open()
    expect(folder.isWarm).toBe(false)
    written()
  }
  {
    using folder = open()
    expect(folder.isWarm).toBe(true)
    expect(folder.file('cloud', 'cloud.sqlite')).toBe(join(path, 'cloud/cloud.sqlite'))
  }
  using folder = open({ isFresh: true })
  expect(folder.isWarm).toBe(false)
})

test('--fresh removes everything but the copies of damaged files', () => {
  {
    using _folder = open()
    written()
  }
  using _folder = open({ isFresh: true })
  expect(readdirSync(path).filter((name) => !name.startsWith('lock')).sort()).toEqual(['cloud.sqlite.corrupt-20261121', 'sandbox.json'])
})

test.each([false, true])("somebody else's folder is left alone (fresh: %s)", (isFresh) => {
  mkdirSync(path)
  writeFileSync(join(path, 'thesis.txt'), 'years of work')
  expect(() => open({ isFresh })).toThrow(expect.objectContaining({ code: 'SANDBOX_FOLDER_FOREIGN' }))
  expect(readdirSync(path)).toEqual(['thesis.txt'])
})

test('a file is no folder', () => {
  writeFileSync(path, '')
  expect(open).toThrow(expect.objectContaining({ code: 'SANDBOX_FOLDER_FOREIGN' }))
})

test.skipIf(process.platform !== 'linux')('where no folder can be made, it says so', () => {
  expect(() => openStateFolder({ path: '/proc/fleetwright/state', isFresh: false, region: 'eu-central-1' })).toThrow(expect.objectContaining({ code: 'SANDBOX_FOLDER_FOREIGN' }))
})

test('a second sandbox is refused while the first has the folder, also with --fresh', () => {
  using _first = open()
  written()
  expect(() => open({ isFresh: true })).toThrow(expect.objectContaining({ code: 'SANDBOX_LOCKED', message: `another sandbox (process ${process.pid}) uses ${path}` }))
  expect(existsSync(join(path, 'cloud/cloud.sqlite'))).toBe(true)
})

test.each([
  ['a region that the stage has left', '{"formatVersion":1,"region":"eu-west-1"}', /in region eu-west-1, the stage is in eu-central-1 now/],
  ['a later format', '{"formatVersion":2,"region":"eu-central-1"}', /not what this version/],
  ['rubbish', '{', /not what this version/],
])('%s is told, and --fresh is offered', (_case, marker, message) => {
  open()[Symbol.dispose]()
  writeFileSync(join(path, 'sandbox.json'), marker)
  expect(() => open()).toThrow(expect.objectContaining({ code: 'SANDBOX_STATE_UNREADABLE', message: expect.stringMatching(message), remedy: expect.stringContaining('--fresh') }))
  using folder = open({ isFresh: true })
  expect(folder.isWarm).toBe(false)
})
