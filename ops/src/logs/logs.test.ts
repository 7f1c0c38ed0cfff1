// ops/src/logs/logs.test.ts: where logs are, and how a line of one is shown.
import { COMPONENTS } from '@fleet/contract/names'
import { expect, test } from 'vitest'
import { plain } from '../shell/paint.ts'
import { daysBetween, logSources, streamOf } from './log-groups.ts'
import { renderLine } from './render.ts'

const stage = { stage: 'dev', accountId: '0', region: 'eu-west-1' }

test.each<[string | undefined, string[]]>([
  ['led', ['/aws/greengrass/UserComponent/eu-west-1/fleetwright.led']],
  ['fleetwright.led', ['/aws/greengrass/UserComponent/eu-west-1/fleetwright.led']],
  ['aws.greengrass.LogManager', ['/aws/greengrass/UserComponent/eu-west-1/aws.greengrass.LogManager']],
  ['system', ['/aws/greengrass/GreengrassSystemComponent/eu-west-1/System']],
  [undefined, ['/aws/greengrass/GreengrassSystemComponent/eu-west-1/System', ...COMPONENTS.map((name) => `/aws/greengrass/UserComponent/eu-west-1/fleetwright.${name}`)]],
])('logs of %s', (component, groups) => {
  expect(logSources(component, stage).map(({ group }) => group)).toEqual(groups)
})

test('a stream for each day, in UTC', () => {
  const days = daysBetween(new Date('2026-12-30T23:59:59Z'), new Date('2027-01-01T00:00:00Z'))
  expect(days.map((day) => streamOf(day, 'aaaa'))).toEqual(['/2026/12/30/thing/aaaa', '/2026/12/31/thing/aaaa', '/2027/01/01/thing/aaaa'])
  expect(daysBetween(new Date('2027-01-02'), new Date('2027-01-01'))).toEqual([])
})

test.each<[string, string, string]>([
  ['a line of the nucleus, without its second time', 'T [INFO] (nucleus) nucleus: Launched.', '[INFO] (nucleus) nucleus: Launched.'],
  ['a line of ours, as the nucleus wraps it', 'x [INFO] stdout. {"time":"t","level":"info","source":"led","event":"blinking","frequencyHz":5,"a":{"b":"}"}}. {scriptName=run}', 'blinking frequencyHz=5 a={"b":"}"}'],
  ['an error of ours', '{"time":"t","level":"error","source":"led","event":"stopped"}', 'error: stopped'],
  ['what only looks like one', 'x {"time": half', 'x {"time": half'],
  ['a stack', 'Error: x\n  at y\n', 'Error: x\n      at y'],
  ['a line that would command the terminal', 'a\u001b[31m', 'a\\u001b[31m'],
])('%s', (_case, message, expected) => {
  expect(renderLine({ time: 'T', source: 'led', message }, plain)).toBe(`T led ${expected}`)
})
