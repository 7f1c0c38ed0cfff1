// scripts/second-look.test.ts: what failed once and passes alone is told and let through; what fails twice, or in many files, or outside of a test is not.
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '@fleet/device-runtime/testing/temporary-folder'
import { expect, test } from 'vitest'

const PASSES = `test('passes', () => {})`
const FAILS = `test('fails', () => { throw new Error('always') })`
/** Of a run of vitest it knows by a file that it leaves beside itself. */
const FAILS_ONCE = (name: string) => `import { existsSync, writeFileSync } from 'node:fs'
test('fails once', () => {
  if (existsSync('${name}')) return
  writeFileSync('${name}', '')
  throw new Error('the first time')
})`

async function second(files: Readonly<Record<string, string>>) {
  await using folder = await temporaryFolder()
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, `${name}.test.js`), text)
  const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, 'second-look.ts'), 'vitest', 'run', '--globals', '--root', folder.path], { cwd: folder.path, encoding: 'utf8' })
  return { status, looks: stdout.split('== a second look').length - 1, unsteady: [...stdout.matchAll(/^unsteady: \S+\/(\S+)\.test\.js\n {2}(.*)$/gm)].map(([, ...told]) => told) }
}

test('all pass: no second look', async () => {
  expect(await second({ a: PASSES })).toEqual({ status: 0, looks: 0, unsteady: [] })
})

test('one fails among others and passes alone: it is told', async () => {
  expect(await second({ a: PASSES, b: FAILS_ONCE('b') })).toEqual({ status: 0, looks: 1, unsteady: [['b', 'fails once']] })
})

test('one fails twice', async () => {
  expect(await second({ a: FAILS, b: FAILS_ONCE('b') })).toEqual({ status: 1, looks: 1, unsteady: [] })
})

test('many fail: no second look', async () => {
  const names = ['a', 'b', 'c', 'd']
  expect(await second(Object.fromEntries(names.map((name) => [name, FAILS_ONCE(name)])))).toEqual({ status: 1, looks: 0, unsteady: [] })
})

test('what fails outside of a test is not forgiven', async () => {
  expect(await second({ a: `${PASSES}\nsetTimeout(() => { throw new Error('nobody’s') })\ntest('waits', () => new Promise((resolve) => setTimeout(resolve, 200)))` })).toEqual({ status: 1, looks: 0, unsteady: [] })
})
