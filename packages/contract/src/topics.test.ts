// packages/contract/src/topics.test.ts: one topic value gives the name to publish, the rule's filter and the policy's resource.
import { expect, test } from 'vitest'
import { shadows, telemetry } from './topics.ts'

test('a shadow topic has three faces', () => {
  const { update } = shadows.led
  expect(update.of('a1b2')).toBe('$aws/things/a1b2/shadow/name/led/update')
  expect(update.ruleFilter).toBe('$aws/things/+/shadow/name/led/update')
  expect(update.thingLevel).toBe(3)
  expect(update.policyResource).toBe('topic/$aws/things/${iot:Certificate.Subject.CommonName}/shadow/name/led/update')
})

test('a telemetry topic goes through basic ingest, and the rule sees it without that prefix', () => {
  expect(telemetry.led.of('fleet_dev_telemetry', 'a1b2')).toBe('$aws/rules/fleet_dev_telemetry/fleet/a1b2/telemetry/led')
  expect(telemetry.led.ruleFilter).toBe('fleet/+/telemetry/led')
  expect(telemetry.led.policyResource('r')).toBe('topic/$aws/rules/r/fleet/${iot:Certificate.Subject.CommonName}/telemetry/led')
})
