// ops/src/reference/cost-reference.test.ts: docs/COST.md is what `fleet cost` says.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPOSITORY } from '../target/repository.ts'
import { costReference } from './cost-reference.ts'

test('docs/COST.md is up to date (npm run docs writes it)', () => {
  expect(readFileSync(join(REPOSITORY, 'docs/COST.md'), 'utf8')).toBe(costReference(REPOSITORY))
})
