// console/build.test.ts: how much a browser has to load for each page, and that nothing in it needs more rights than the page has.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { builtConsole } from './build.ts'

const LIMIT_BYTES = 150_000

let folder: string
beforeAll(async () => {
  folder = await builtConsole()
})
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8')
const gzipped = (files: Iterable<string>) => [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0)
const scripts = () => readdirSync(folder).filter((file) => file.endsWith('.js'))
/** What index.html starts: named by its content, as all else. */
const entry = (kind: 'js' | 'css') => new RegExp(`"(console-\\w+\\.${kind})"`).exec(textOf('index.html'))?.[1] ?? 'none'
const isMqtt = (file: string) => file.startsWith('mqtt')

/** A script with all that it imports at once. */
function withImports(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, imported = ''] of textOf(file).matchAll(/(?:from|import)"\.\/([\w.-]+\.js)"/g)) withImports(imported, seen)
  return seen
}

test('everything together, but for the MQTT client, is at most 150 kB', () => {
  expect(gzipped(readdirSync(folder).filter((file) => !isMqtt(file)))).toBeLessThanOrEqual(LIMIT_BYTES)
})

test('the MQTT client comes by itself, after the page', () => {
  expect(scripts().filter(isMqtt)).toHaveLength(1)
  expect([...withImports(entry('js'))].filter(isMqtt)).toEqual([])
})

test('what the first page needs at once is at most half of it', () => {
  expect(gzipped([...withImports(entry('js')), entry('css'), 'index.html'])).toBeLessThanOrEqual(LIMIT_BYTES / 2)
})
