// ops/src/release/kept-bundle.test.ts: no bundle of a component is stale.
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { REPOSITORY } from '../target/repository.ts'
import { keptFile, keptOrBuilt } from './kept-bundle.ts'

/** A component of one file in this repository, or elsewhere, and what bundles it. */
async function component({ elsewhere = false, reaches = [] }: { readonly elsewhere?: boolean; readonly reaches?: readonly string[] } = {}) {
  const around = elsewhere ? tmpdir() : join(REPOSITORY, '.cache')
  await mkdir(around, { recursive: true })
  const folder = await mkdtemp(join(around, 'kept-bundle-'))
  onTestFinished(() => Promise.all([rm(folder, { recursive: true }), rm(keptFile(folder), { force: true })]).then(() => undefined))
  await mkdir(join(folder, 'src'))
  const main = join(folder, 'src/main.ts')
  await writeFile(main, 'first')
  let builds = 0
  const bundle = () => keptOrBuilt(folder, async () => ({ text: `${await readFile(main, 'utf8')} ${++builds}`, inputs: [main, ...reaches] }))
  return { folder, bundle, write: (file: string, content: string) => writeFile(join(folder, file), content) }
}

test('it is taken again while nothing has changed', async () => {
  const { bundle } = await component()
  expect([await bundle(), await bundle()]).toEqual(['first 1', 'first 1'])
})

test.each([
  ['a source changes', 'src/main.ts', 'second 2'],
  ['a file comes that an import could mean', 'src/other.ts', 'first 2'],
  ['its packages change', 'package.json', 'first 2'],
])('it is made anew when %s', async (_when, file, expected) => {
  const { bundle, write } = await component()
  await bundle()
  await write(file, 'second')
  expect([await bundle(), await bundle()]).toEqual([expected, expected])
})

test('it is made anew when what is kept was cut short, or is of other sources', async () => {
  const { folder, bundle } = await component()
  await bundle()
  await writeFile(keptFile(folder), '{"digest":')
  expect(await bundle()).toBe('first 2')
  await writeFile(keptFile(folder), JSON.stringify({ digest: 'of others', text: 'stale' }))
  expect(await bundle()).toBe('first 3')
})

test.each([
  ['lies outside of this repository', { elsewhere: true }],
  ['reaches what nobody looks at', { reaches: [join(REPOSITORY, 'docs/x.ts')] }],
  ['reaches out of this repository', { reaches: ['/elsewhere/x.ts'] }],
])('that of a component that %s is not kept', async (_why, options) => {
  const { folder, bundle } = await component(options)
  expect([await bundle(), await bundle()]).toEqual(['first 1', 'first 2'])
  expect(existsSync(keptFile(folder))).toBe(false)
})
