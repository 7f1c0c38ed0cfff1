// ops/src/stack/in-process.test.ts: small Pulumi programs, run without the Pulumi CLI: what is made, changed, replaced, kept and deleted.
import { expect, test } from 'vitest'
import { FLEET, GROUP, tinyProgram } from './testing/tiny-program.ts'

test('up makes everything once, in order; a second up asks nothing', async () => {
  const { engine, run, fake, names, progress } = await tinyProgram(FLEET, { inOwnProcess: true })
  const { outputs, changes, unchanged } = await engine.up(run)
  expect(outputs).toEqual({ groupArn: 'arn:aws:fake:::AWS::IoT::ThingGroup/g', hookName: 'h' })
  expect(changes.map(({ operation, name }) => `${operation} ${name}`).sort()).toEqual(['create group', 'create hook', 'create log', 'create native', 'create role'])
  expect(unchanged).toBe(0)
  expect(names()).toEqual(['Function h', 'LogGroup l', expect.stringMatching(/^Role role-[0-9a-f]{7}$/), 'ThingGroup g'])
  expect(fake.changes().at(-1)).toBe('CreateResource AWS::Lambda::Function')
  expect(progress.filter(({ name }) => name === 'hook').map(({ operation, state }) => [operation, state])).toEqual([['create', 'started'], ['create', 'done']])
  fake.asked.length = 0
  expect(await engine.up(run)).toEqual({ outputs, changes: [], unchanged: 5 })
  expect(fake.asked).toEqual([])
  expect(await engine.outputs('dev')).toEqual(outputs)
})

test('a changed setting is that one change, as a patch', async () => {
  const { engine, run, fake, setProgram } = await tinyProgram(FLEET)
  await engine.up(run)
  fake.asked.length = 0
  setProgram(FLEET.replace('retentionInDays: 7', 'retentionInDays: 14'))
  const { changes, unchanged } = await engine.up(run)
  expect(changes).toEqual([expect.objectContaining({ operation: 'update', name: 'log', properties: ['retentionInDays'] })])
  expect(unchanged).toBe(4)
  expect(fake.changes()).toEqual(['UpdateResource AWS::Logs::LogGroup'])
  expect(JSON.parse(String(fake.asked.find(({ call }) => call.startsWith('Update'))?.body['PatchDocument']))).toEqual([{ op: 'replace', path: '/RetentionInDays', value: 14 }])
})

test('a preview tells what would be done, and asks nothing', async () => {
  const { engine, run, fake, setProgram, progress } = await tinyProgram(FLEET)
  await engine.up(run)
  fake.asked.length = 0
  progress.length = 0
  setProgram(FLEET.replace("'g'", "'g2'").replace('timeout: 3', 'timeout: 5').replace(/const log.*\n/, '').replace(', dependsOn: log', ''))
  const { changes } = await engine.preview(run)
  expect(changes.map(({ operation, name }) => `${operation} ${name}`).sort()).toEqual(['delete log', 'replace group', 'update hook'])
  expect(progress.every(({ state }) => state === 'planned')).toBe(true)
  expect(fake.asked).toEqual([])
})

test('what cannot change is replaced: the new one first, then what depends on it, then the former goes', async () => {
  const { engine, run, fake, setProgram, names, done, progress } = await tinyProgram(`
const group = new ThingGroup('group', { thingGroupName: 'g1' }, { provider })
new LogGroup('log', { logGroupName: 'l', kmsKeyId: group.arn }, { provider })`)
  await engine.up(run)
  fake.asked.length = 0
  progress.length = 0
  setProgram(`
const group = new ThingGroup('group', { thingGroupName: 'g2' }, { provider })
new LogGroup('log', { logGroupName: 'l', kmsKeyId: group.arn }, { provider })`)
  const { changes } = await engine.up(run)
  expect(changes.map(({ operation, name }) => `${operation} ${name}`)).toEqual(['replace group', 'update log'])
  expect(done()).toEqual(['replace group', 'update log', 'delete group'])
  expect(names()).toEqual(['LogGroup l', 'ThingGroup g2'])
})

test('what the cloud calls not updatable is replaced, too', async () => {
  const { engine, run, fake, setProgram, names } = await tinyProgram(`new LogGroup('log', { retentionInDays: 7 }, { provider })`)
  await engine.up(run)
  const [former] = names()
  fake.before = (call) => (call.startsWith('UpdateResource') ? { code: 'NotUpdatable', message: 'no' } : undefined)
  setProgram(`new LogGroup('log', { retentionInDays: 14 }, { provider })`)
  const { changes } = await engine.up(run)
  expect(changes).toEqual([expect.objectContaining({ operation: 'replace', name: 'log' })])
  expect(names()).toHaveLength(1)
  expect(names()).not.toEqual([former])
})

test('a name that is in its own way: the former goes first, unless the program forbids it', async () => {
  const versions = (recipe: string, options = '') => `
import { Repository } from '@pulumi/aws-native/ecr/repository.js'
new Repository('images', { repositoryName: 'r', encryptionConfiguration: { encryptionType: '${recipe}' } }, { provider${options} })`
  const { engine, run, fake, setProgram, names } = await tinyProgram(versions('AES256'))
  await engine.up(run)
  setProgram(versions('KMS', ', deleteBeforeReplace: false'))
  await expect(engine.up(run)).rejects.toMatchObject({ code: 'STACK_FAILED', message: expect.stringContaining('could not replace images (aws-native:ecr:Repository): AlreadyExists') })
  expect(names()).toEqual(['Repository r'])
  setProgram(versions('KMS'))
  expect((await engine.up(run)).changes).toEqual([expect.objectContaining({ operation: 'replace', name: 'images' })])
  expect(fake.resources.get('AWS::ECR::Repository r')?.properties['EncryptionConfiguration']).toEqual({ EncryptionType: 'KMS' })
})

test('what the program no longer has is deleted, dependents first; destroy leaves nothing', async () => {
  const { engine, run, fake, setProgram, names } = await tinyProgram(FLEET)
  await engine.up(run)
  fake.asked.length = 0
  setProgram(GROUP)
  await engine.up(run)
  expect(fake.changes()[0]).toBe('DeleteResource AWS::Lambda::Function')
  expect(names()).toEqual(['ThingGroup g'])
  const { changes } = await engine.destroy(run)
  expect(changes.map(({ operation, name }) => `${operation} ${name}`)).toEqual(['delete group', 'delete native'])
  expect(names()).toEqual([])
  expect(await engine.outputs('dev')).toBeUndefined()
})

test('what is retained is forgotten, not deleted', async () => {
  const { engine, run, names } = await tinyProgram(`new ThingGroup('group', { thingGroupName: 'g' }, { provider, retainOnDelete: true })`)
  await engine.up(run)
  await engine.destroy(run)
  expect(names()).toEqual(['ThingGroup g'])
})

test('what is protected is neither deleted nor replaced, and nothing else is deleted either', async () => {
  const { engine, run, setProgram, names } = await tinyProgram(`
new ThingGroup('group', { thingGroupName: 'g' }, { provider, protect: true })
new LogGroup('log', { logGroupName: 'l' }, { provider })`)
  await engine.up(run)
  await expect(engine.destroy(run)).rejects.toMatchObject({ code: 'STACK_PROTECTED', message: expect.stringContaining('group') })
  expect(names()).toEqual(['LogGroup l', 'ThingGroup g'])
  setProgram(`new ThingGroup('group', { thingGroupName: 'g2' }, { provider, protect: true })`)
  await expect(engine.up(run)).rejects.toMatchObject({ code: 'STACK_FAILED', message: expect.stringContaining('it is protected, and a change of thingGroupName would replace it') })
  expect(names()).toEqual(['LogGroup l', 'ThingGroup g'])
})

test('a resource that is renamed in the program, with its former name as alias, stays', async () => {
  const { engine, run, fake, setProgram } = await tinyProgram(GROUP)
  await engine.up(run)
  fake.asked.length = 0
  setProgram(`new ThingGroup('things', { thingGroupName: 'g' }, { provider, aliases: [{ name: 'group' }] })`)
  expect((await engine.up(run)).changes).toEqual([])
  expect(fake.asked).toEqual([])
})

test('a secret reaches the cloud, but not the state file', async () => {
  const { engine, run, fake, state } = await tinyProgram(`
new Function('hook', { functionName: 'h', role: 'r', code: { zipFile: 'x' }, environment: { variables: { TOKEN: pulumi.secret('hunter2') } } }, { provider })`)
  await expect(engine.up(run)).rejects.toMatchObject({ code: 'STACK_SECRET_UNREADABLE' })
  expect(fake.resources.size).toBe(0)
  const safe = { ...run, environment: { ...run.environment, PULUMI_CONFIG_PASSPHRASE: 'correct horse' } }
  await engine.up(safe)
  expect(fake.resources.get('AWS::Lambda::Function h')?.properties['Environment']).toEqual({ Variables: { TOKEN: 'hunter2' } })
  expect(state()).not.toContain('hunter2')
  expect((await engine.up(safe)).changes).toEqual([])
})

test('what was deleted by someone else is made again after a refresh', async () => {
  const { engine, run, fake, names } = await tinyProgram(FLEET)
  await engine.up(run)
  fake.resources.delete('AWS::IoT::ThingGroup g')
  expect((await engine.refresh(run)).changes).toEqual([expect.objectContaining({ operation: 'delete', name: 'group' })])
  expect((await engine.up(run)).changes).toEqual([expect.objectContaining({ operation: 'create', name: 'group' })])
  expect(names()).toContain('ThingGroup g')
})

