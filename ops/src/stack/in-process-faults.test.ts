// ops/src/stack/in-process-faults.test.ts: the same engine when something fails: a request, the cloud, the program, the process itself.
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { LOST } from './testing/cloud-fake.ts'
import { ACCOUNT, FLEET, gone, GROUP, PRELUDE, tinyProgram } from './testing/tiny-program.ts'

test('a failure says resource, code and what to do; the rest is kept, and the next run goes on', async () => {
  const { engine, run, fake, names, progress } = await tinyProgram(FLEET)
  fake.before = (call) => (call === 'CreateResource AWS::Logs::LogGroup' ? { code: 'ServiceLimitExceeded', message: 'too many log groups' } : undefined)
  await expect(engine.up(run)).rejects.toMatchObject({
    code: 'STACK_FAILED',
    message: 'could not create log (aws-native:logs:LogGroup): ServiceLimitExceeded: too many log groups',
    remedy: 'Ask for a higher quota (Service Quotas), then run again.',
  })
  expect(progress.find(({ state }) => state === 'failed')).toMatchObject({ name: 'log', why: 'ServiceLimitExceeded: too many log groups' })
  expect(names()).toEqual([expect.stringMatching(/^Role /), 'ThingGroup g'])
  fake.before = () => undefined
  expect((await engine.up(run)).changes.map(({ name }) => name)).toEqual(['log', 'hook'])
})

test('a failure that passes is tried again', async () => {
  const { engine, run, fake, names } = await tinyProgram(`new LogGroup('log', { logGroupName: 'l' }, { provider })`)
  let refused = 0
  fake.before = (call) => (call.startsWith('CreateResource') && refused++ < 2 ? { code: 'Throttling', message: 'slow down' } : undefined)
  await engine.up(run)
  expect(names()).toEqual(['LogGroup l'])
  expect(fake.changes()).toHaveLength(3)
})

test('a deletion that fails keeps what it needs, and the next run deletes the rest', async () => {
  const { engine, run, fake, names } = await tinyProgram(FLEET)
  await engine.up(run)
  fake.before = (call) => (call === 'DeleteResource AWS::Lambda::Function' ? { code: 'ResourceConflict', message: 'in use' } : undefined)
  await expect(engine.destroy(run)).rejects.toMatchObject({ code: 'STACK_FAILED', message: 'could not delete hook (aws-native:lambda:Function): ResourceConflict: in use' })
  expect(names()).toEqual(['Function h', 'LogGroup l', expect.stringMatching(/^Role /)])
  fake.before = () => undefined
  await engine.destroy(run)
  expect(names()).toEqual([])
})

test('credentials of another account change nothing', async () => {
  const { engine, run, fake, names } = await tinyProgram(FLEET)
  fake.accountId = '999999999999'
  await expect(engine.up(run)).rejects.toMatchObject({ code: 'ACCOUNT_WRONG', message: `these credentials are of account 999999999999, the stage is in ${ACCOUNT}` })
  expect(fake.changes()).toEqual([])
  expect(names()).toEqual([])
})

test('a stack cannot be moved to another region by its configuration', async () => {
  const { engine, run, fake, setProgram } = await tinyProgram(GROUP)
  await engine.up(run)
  fake.asked.length = 0
  setProgram(GROUP, PRELUDE.replace('eu-central-1', 'eu-west-1'))
  await expect(engine.up(run)).rejects.toMatchObject({ code: 'STACK_FAILED', message: expect.stringContaining('the stack is in "eu-central-1", account 111122223333') })
  expect(fake.asked).toEqual([])
})

test('two runs of a stack at once: the second is told, and does nothing', async () => {
  const { engine, run, fake, start } = await tinyProgram(`new LogGroup('log', { logGroupName: 'l' }, { provider })`)
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>()
  fake.before = (call) => (call.startsWith('CreateResource') ? (ask(), released) : undefined)
  const first = start()
  await asked
  await expect(engine.up(run)).rejects.toMatchObject({ code: 'STACK_LOCKED', message: expect.stringContaining(`process ${first.pid}`) })
  release(undefined)
  await gone(first)
  expect((await engine.up(run)).changes).toEqual([])
})

/** Starts a run and kills it at its nth request. */
async function cutOff({ fake, start }: Pick<Awaited<ReturnType<typeof tinyProgram>>, 'fake' | 'start'>, nth: number, when: 'before' | 'after'): Promise<void> {
  const child = start()
  let asked = 0
  fake.before = async () => {
    if (++asked !== nth) return undefined
    child.kill('SIGKILL')
    await gone(child)
    return when === 'before' ? new Promise<undefined>(() => undefined) : undefined
  }
  await gone(child)
  fake.before = () => undefined
}

// The nth request of a run is cut off: the process is killed before the cloud has done it, or after, with the answer lost.
test.each([[1, 'before'], [2, 'after'], [4, 'before'], [6, 'after'], [9, 'after']] as const)('killed at request %i, %s the cloud did it: the next run goes on, and nothing is made twice', async (nth, when) => {
  const { engine, run, fake, start, names } = await tinyProgram(FLEET)
  await cutOff({ fake, start }, nth, when)
  await engine.up(run)
  expect(names()).toEqual(['Function h', 'LogGroup l', expect.stringMatching(/^Role role-/), 'ThingGroup g'])
  await engine.destroy(run)
  expect(names()).toEqual([])
})

// A change with an update, a replacement and a deletion, cut off at its nth request.
test.each([[2, 'before'], [3, 'after'], [7, 'after'], [9, 'before'], [10, 'after']] as const)('a change that is killed at request %i, %s the cloud did it, is gone on with', async (nth, when) => {
  const { engine, run, fake, start, names, setProgram } = await tinyProgram(FLEET)
  await engine.up(run)
  setProgram(`
new ThingGroup('group', { thingGroupName: 'g2' }, { provider })
new LogGroup('log', { logGroupName: 'l', retentionInDays: 14 }, { provider })`)
  await cutOff({ fake, start }, nth, when)
  await engine.up(run)
  expect(names()).toEqual(['LogGroup l', 'ThingGroup g2'])
  expect(fake.resources.get('AWS::Logs::LogGroup l')?.properties['RetentionInDays']).toBe(14)
})

test('killed together with a cloud that forgets the request: what it made is found again', async () => {
  const { engine, run, fake, names, stateFile } = await tinyProgram(`new LogGroup('log', { logGroupName: 'l', retentionInDays: 7 }, { provider })`)
  await engine.up(run)
  const state = JSON.parse(readFileSync(stateFile, 'utf8')) as { resources: Record<string, unknown>[] }
  const log = state.resources.find(({ type }) => type === 'aws-native:logs:LogGroup')!
  Object.assign(log, { id: '', outputs: {}, pending: { operation: 'create', token: 'forgotten', inputs: log['inputs'] } })
  writeFileSync(stateFile, JSON.stringify(state))
  fake.asked.length = 0
  expect((await engine.up(run)).changes).toEqual([])
  expect(names()).toEqual(['LogGroup l'])
})

test.each([
  ['throws', `throw new Error('no such thing')`, 'STACK_PROGRAM_FAILED', 'the Pulumi program failed: no such thing'],
  ['cannot be parsed', `const = 1`, 'STACK_PROGRAM_FAILED', 'the Pulumi program failed: '],
  ['makes what this engine does not know', `import { Thing } from '@pulumi/aws-native/iot/thing.js'\nnew Thing('t', {}, { provider })`, 'STACK_FAILED', 'this engine does not know aws-native:iot:Thing'],
  ['kills its process', `process.kill(process.pid, 'SIGKILL')`, 'STACK_INTERRUPTED', 'the process that runs the program ended by SIGKILL'],
  ['wants a function serialized', `await pulumi.runtime.serializeFunction(() => 1)`, 'STACK_PROGRAM_FAILED', 'this engine does not serialize functions: bundle them, or use the Pulumi CLI'],
  ['asks a cloud', `import { getAccountIdOutput } from '@pulumi/aws-native/getAccountId.js'\nexport const account = getAccountIdOutput()`, 'STACK_PROGRAM_FAILED', 'use the Pulumi CLI'],
])('a program that %s', async (_case, program, code, message) => {
  const { engine, run } = await tinyProgram(program, { inOwnProcess: true })
  await expect(engine.up(run)).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
})

test('a damaged state file is not overwritten', async () => {
  const { engine, run, stateFile } = await tinyProgram(FLEET)
  writeFileSync(stateFile, '{"formatVersion":1,')
  await expect(engine.up(run)).rejects.toMatchObject({ code: 'STACK_STATE_UNREADABLE', message: `${stateFile} is damaged or of another version` })
  expect(readFileSync(stateFile, 'utf8')).toBe('{"formatVersion":1,')
})

test('what was made but cannot be read is not lost, nor made again', async () => {
  const { engine, run, fake, names } = await tinyProgram(FLEET)
  fake.before = (call) => (call === 'GetResource AWS::Logs::LogGroup' ? { code: 'AccessDeniedException', message: 'no' } : undefined)
  await expect(engine.up(run)).rejects.toMatchObject({ code: 'STACK_FAILED', message: expect.stringContaining('it was made, but cannot be read') })
  await expect(engine.up(run)).rejects.toMatchObject({ code: 'STACK_FAILED', message: expect.stringContaining('AccessDeniedException') })
  fake.before = () => undefined
  await engine.up(run)
  expect(names()).toHaveLength(4)
  expect(fake.changes().filter((call) => call === 'CreateResource AWS::Logs::LogGroup')).toHaveLength(1)
})

test('a request that is never answered is asked again by the next run, and done once', async () => {
  const { engine, run, fake, names } = await tinyProgram(`new LogGroup('log', {}, { provider })`)
  fake.before = (call) => (call.startsWith('CreateResource') ? LOST : undefined)
  await expect(engine.up(run)).rejects.toMatchObject({ code: 'STACK_FAILED' })
  expect(names()).toHaveLength(1)
  fake.before = () => undefined
  await engine.up(run)
  expect(names()).toHaveLength(1)
  await engine.destroy(run)
  expect(names()).toEqual([])
})
