// ops/src/reference/topics-reference.test.ts: docs/TOPICS.md is what the contract says.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as topics from '@fleet/contract/topics'
import { expect, test } from 'vitest'
import { REPOSITORY } from '../target/repository.ts'
import { topicsReference } from './topics-reference.ts'

test('docs/TOPICS.md is up to date (npm run docs writes it)', () => {
  expect(readFileSync(join(REPOSITORY, 'docs/TOPICS.md'), 'utf8')).toBe(topicsReference(topics))
})

test('each group has its topics, each topic its three faces', () => {
  const text = topicsReference(topics)
  expect(text).toContain('| led | `$aws/rules/fleet_dev_telemetry/fleet/{thing}/telemetry/led` | `fleet/+/telemetry/led` | `topic/$aws/rules/fleet_dev_telemetry/fleet/${iot:Certificate.Subject.CommonName}/telemetry/led` |')
  expect(text).toContain('| led.updateDelta | `$aws/things/{thing}/shadow/name/led/update/delta` | `$aws/things/+/shadow/name/led/update/delta` |')
})
