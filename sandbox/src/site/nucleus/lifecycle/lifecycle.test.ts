// sandbox/src/site/nucleus/lifecycle/lifecycle.test.ts: components go through their states by real scripts, as under a real nucleus.
import { expect, test } from 'vitest'
import type { JsonObject } from '../json.ts'
import { offlineNucleus } from '../testing-offline.ts'
import { hasRunning } from './process-signal.ts'
import { eventually } from '../testing.ts'

const started = async (lifecycle: JsonObject) => offlineNucleus({ c: { lifecycle } })

test.each<[string, JsonObject, string[]]>([
  ['run that goes on', { run: 'sleep 100' }, ['INSTALLED', 'STARTING', 'RUNNING']],
  ['run that ends well', { run: 'true' }, ['INSTALLED', 'STARTING', 'RUNNING', 'STOPPING', 'FINISHED']],
  ['startup that ends well, with its work in the background', { startup: 'sleep 100 > /dev/null 2>&1 &' }, ['INSTALLED', 'STARTING', 'RUNNING']],
  ['nothing to run', { install: 'true' }, ['INSTALLED', 'STARTING', 'FINISHED']],
  ['names of steps in any case', { Install: { Script: 'true' }, RUN: { script: 'sleep 100' } }, ['INSTALLED', 'STARTING', 'RUNNING']],
  ['a startup that is skipped falls through to run', { startup: { skipif: 'onpath sh', script: 'exit 1' }, run: 'sleep 100' }, ['INSTALLED', 'STARTING', 'RUNNING']],
  ['a step that is not skipped', { install: { skipif: '! exists /', script: 'true' }, run: 'sleep 100' }, ['INSTALLED', 'STARTING', 'RUNNING']],
])('%s', async (_case, lifecycle, expected) => {
  const nucleus = await started(lifecycle)
  await eventually(() => nucleus.history('c')).toEqual(expected)
})

test.each<[string, JsonObject, string[]]>([
  ['run', { run: 'exit 7' }, ['INSTALLED', 'STARTING', 'RUNNING', 'ERRORED', 'STOPPING', 'INSTALLED', 'STARTING', 'RUNNING', 'ERRORED', 'STOPPING', 'INSTALLED', 'STARTING', 'RUNNING', 'BROKEN']],
  ['startup', { startup: 'exit 1' }, ['INSTALLED', 'STARTING', 'ERRORED', 'STOPPING', 'INSTALLED', 'STARTING', 'ERRORED', 'STOPPING', 'INSTALLED', 'STARTING', 'BROKEN']],
  ['install', { install: 'exit 1', run: 'sleep 100' }, ['ERRORED', 'NEW', 'ERRORED', 'NEW', 'BROKEN']],
])('the third failure of %s in a row breaks it', async (_step, lifecycle, expected) => {
  const nucleus = await started(lifecycle)
  await eventually(() => nucleus.state('c')).toBe('BROKEN')
  expect(nucleus.history('c')).toEqual(expected)
})

test('a step that takes too long is stopped', async () => {
  const nucleus = await started({ install: { timeout: 0.2, script: 'sleep 100' }, run: 'sleep 100' })
  await eventually(() => nucleus.state('c')).toBe('BROKEN')
  expect(nucleus.log('c')).toContain('shell-runner-start')
})

test('recover runs after each error but the one that breaks', async () => {
  const nucleus = await started({ run: 'echo r >> log; exit 1', recover: 'echo R >> log', shutdown: 'echo s >> log' })
  await eventually(() => nucleus.work('c', 'log').replaceAll('\n', '')).toBe('rRsrRsrs')
  expect(nucleus.state('c')).toBe('BROKEN')
})

test('a stop runs shutdown, then ends the whole process group', async () => {
  const nucleus = await started({ run: 'trap "" TERM; sleep 1000 & echo $$ > shell; wait; sleep 1000', shutdown: 'echo bye > bye' })
  await eventually(() => nucleus.work('c', 'shell')).not.toBe('')
  await nucleus.stop()
  expect(nucleus.work('c', 'bye')).toBe('bye\n')
  expect(hasRunning(Number(nucleus.work('c', 'shell')))).toBe(false)
})

test('dependents start after what they hardly need, in another order stop, and do not mind a soft one', async () => {
  const script = (name: string) => ({ startup: `echo +${name} >> ../order`, shutdown: `echo -${name} >> ../order` })
  const nucleus = await offlineNucleus({
    a: { dependencies: ['b:HARD', 'broken:SOFT'], lifecycle: script('a') },
    b: { dependencies: ['c'], lifecycle: script('b') },
    c: { lifecycle: { ...script('c'), install: 'sleep 0.2' } },
    broken: { lifecycle: { run: 'exit 1' } },
  })
  await eventually(() => nucleus.state('a')).toBe('RUNNING')
  await nucleus.stop()
  expect(nucleus.work('.', 'order').split('\n')).toEqual(['+c', '+b', '+a', '-a', '-b', '-c', ''])
})

test('a dependent starts again after what it needs has failed', async () => {
  const nucleus = await offlineNucleus({
    a: { dependencies: ['b:HARD'], lifecycle: { run: 'echo a >> log; sleep 100' } },
    b: { lifecycle: { run: 'if [ -e again ]; then sleep 100; fi; touch again; sleep 0.3; exit 1' } },
  })
  await eventually(() => nucleus.work('a', 'log')).toBe('a\na\n')
  await eventually(() => nucleus.state('a')).toBe('RUNNING')
})

test('Setenv of recipe and step, the nucleus’s own environment, and what it adds', async () => {
  const environment = { PATH: process.env['PATH'] ?? '', OWN: 'inherited' }
  const script = 'echo "$OWN $COMMON $STEP"; echo "$GGC_VERSION $AWS_REGION ${#SVCUID} $PWD"; test "$SVCUID" = "$AWS_CONTAINER_AUTHORIZATION_TOKEN" && echo same; sleep 100'
  const nucleus = await offlineNucleus({ c: { lifecycle: { setenv: { COMMON: 'common', STEP: 'lost' }, run: { setenv: { STEP: 'step' }, script } } } }, { environment })
  await eventually(() => nucleus.printed('c')).toHaveLength(3)
  expect(nucleus.printed('c')).toEqual(['inherited common step', `2.18.0 us-east-1 16 ${nucleus.root}/work/c`, 'same'])
})

test('standard output and error go to the component’s own log', async () => {
  const nucleus = await started({ run: 'echo out; echo err >&2; sleep 100' })
  await eventually(() => nucleus.log('c')).toMatch(/\[INFO\].*stdout\. out/)
  expect(nucleus.log('c')).toMatch(/\[WARN\].*stderr\. err/)
})
