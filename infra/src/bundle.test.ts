// infra/src/bundle.test.ts: what may not get into a Lambda.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { bundle } from './bundle.ts'

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

test('a fault in the source fails the build with its place', () => {
  expect(() => bundle(handler("import './missing.ts'"))).toThrow('Could not resolve "./missing.ts"')
})
