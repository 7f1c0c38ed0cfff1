// docs/links.test.ts: every relative link in the documents leads to something that is there, and every decision has a number of its own.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const REPOSITORY = resolve(import.meta.dirname, '..')
const documents = globSync('**/*.md', { cwd: REPOSITORY, exclude: (path) => /node_modules|\.sandbox|\.cache/.test(path) })

test.each(documents)('%s', (document) => {
  const text = readFileSync(join(REPOSITORY, document), 'utf8')
  const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link))
  const missing = links.filter((link) => !existsSync(join(REPOSITORY, dirname(document), link)))
  expect(missing).toEqual([])
})

test('no two decisions have the same number', () => {
  const numbers = globSync('docs/decisions/*.md', { cwd: REPOSITORY }).flatMap((file) => /\/(\d{4})-/.exec(file)?.[1] ?? [])
  expect(numbers.length).toBeGreaterThan(10)
  expect(numbers).toEqual([...new Set(numbers)])
})
