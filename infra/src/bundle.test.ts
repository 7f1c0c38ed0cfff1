// infra/src/bundle.test.ts: what may not get into a Lambda, and that no bundle is stale.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { bundle } from './bundle.ts'
import { keptFile } from './bundle-cache.ts'

function handler(source: string): `${string}.lambda.ts` {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'x.lambda.ts'), source)
  return `${folder}/x.lambda.ts`
}

test('the AWS SDK stays outside: the runtime has it', () => {
  expect(bundle(handler("import { S3Client } from '@aws-sdk/client-s3'\nexport const handler = () => new S3Client()"))).toContain('require("@aws-sdk/client-s3")')
})

test('a handler that reaches Pulumi is refused', () => {
  const pulumi = createRequire(import.meta.url).resolve('@pulumi/pulumi/errors.js')
  expect(() => bundle(handler(`import { RunError } from '${pulumi}'\nexport const handler = () => RunError`))).toThrow(/x\.lambda\.ts reaches Pulumi: .*@pulumi\/pulumi\/errors\.js/)
})

describe('a bundle that is kept', () => {
  /** In this folder, as the real ones: only those are kept. */
  function ownHandler(): { readonly entry: `${string}.lambda.ts`; readonly write: (file: string, source: string) => void } {
    const folder = mkdtempSync(join(import.meta.dirname, '.bundle-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const entry = `${basename(folder)}/x.lambda.ts` as const
    onTestFinished(() => rmSync(keptFile(entry), { force: true }))
    return { entry, write: (file, source) => writeFileSync(join(folder, file), source) }
  }
  const says = (word: string) => `export const word = '${word}'\n`
  const HANDLER = "import { word } from './word.ts'\nexport const handler = () => word\n"

  test('is taken again while nothing has changed', () => {
    const { entry, write } = ownHandler()
    write('word.ts', says('first'))
    write('x.lambda.ts', HANDLER)
    const text = bundle(entry)
    writeFileSync(keptFile(entry), readFileSync(keptFile(entry), 'utf8').replaceAll('first', 'kept'))
    expect(bundle(entry)).toBe(text.replaceAll('first', 'kept'))
  })

  test.each([
    ['its own source', 'x.lambda.ts', "export const handler = () => 'second'\n"],
    ['a file that it imports', 'word.ts', says('second')],
  ])('is made anew when %s changes', (_what, file, source) => {
    const { entry, write } = ownHandler()
    write('word.ts', says('first'))
    write('x.lambda.ts', HANDLER)
    expect(bundle(entry)).toContain('first')
    write(file, source)
    expect(bundle(entry)).toContain('second')
  })

  test('is made anew when other versions of packages are installed, other options are chosen, or it was cut short', () => {
    const { entry, write } = ownHandler()
    write('word.ts', says('first'))
    write('x.lambda.ts', HANDLER)
    const text = bundle(entry)
    const kept = JSON.parse(readFileSync(keptFile(entry), 'utf8')) as { sources: Record<string, string>; text: string }
    expect(Object.keys(kept.sources)).toEqual(expect.arrayContaining(['pnpm-lock.yaml', 'infra/src/bundle.ts', 'tsconfig.base.json', 'packages/contract/package.json']))
    for (const decides of ['pnpm-lock.yaml', 'infra/src/bundle.ts']) {
      writeFileSync(keptFile(entry), JSON.stringify({ sources: { ...kept.sources, [decides]: 'of another one' }, text: 'stale' }))
      expect(bundle(entry)).toBe(text)
    }
    writeFileSync(keptFile(entry), JSON.stringify(kept).slice(0, 50))
    expect(bundle(entry)).toBe(text)
  })

  test('is none of a handler that lies elsewhere', () => {
    const elsewhere = handler('export const handler = () => 1')
    bundle(elsewhere)
    expect(existsSync(keptFile(elsewhere))).toBe(false)
  })
})

test('a fault in the source fails the build with its place', () => {
  expect(() => bundle(handler("import './missing.ts'"))).toThrow('Could not resolve "./missing.ts"')
})
