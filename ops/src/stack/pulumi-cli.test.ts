// ops/src/stack/pulumi-cli.test.ts: the adapter of the Pulumi CLI, with a stand-in of that name: what it is asked, and how its events are read.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { pulumiCliEngine, pulumiOnPath, RUNTIME } from './pulumi-cli.ts'
import type { StackProgress } from './stack-engine.ts'

const URN = 'urn:pulumi:dev::fleetwright::fleet:deployment:Deployment$aws-native:greengrassv2:Deployment::deployment-release'
const event = (kind: string, op: string, more: object = {}) => JSON.stringify({ sequence: 1, timestamp: 1, [kind]: { metadata: { op, urn: URN, type: 'aws-native:greengrassv2:Deployment', old: null, new: { custom: true }, ...more } } })

/** A `pulumi` that notes how it is called and prints what a test gives it. */
function standIn(output: string, exit = 0, { secretsProvider, stageSettings, state = {}, refusal = '' }: { readonly secretsProvider?: string; readonly stageSettings?: Record<string, unknown>; readonly state?: object; readonly refusal?: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'pulumi-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const executable = join(folder, 'pulumi')
  const calls = join(folder, 'calls')
  writeFileSync(
    executable,
    `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs')
const args = process.argv.slice(2)
const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE, FLEET_RELEASE_MANIFEST, PATH } = process.env
appendFileSync(${JSON.stringify(calls)}, JSON.stringify({ args, PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE, FLEET_RELEASE_MANIFEST, PATH, project: readFileSync('Pulumi.yaml', 'utf8'), stage: readFileSync('Pulumi.dev.yaml', 'utf8') }) + '\\n')
if (args[1] === 'change-secrets-provider' && ${JSON.stringify(refusal)}) { console.error(${JSON.stringify(refusal)}); process.exitCode = 255 }
else if (args[0] === 'stack') console.log(args[1] === 'output' ? '{"release":"r1"}' : args[1] === 'export' ? ${JSON.stringify(JSON.stringify({ version: 3, deployment: state }))} : '')
else { console.log(${JSON.stringify(output)}); process.exitCode = ${exit} }
`,
  )
  chmodSync(executable, 0o755)
  const engine = pulumiCliEngine({ programFolder: 'infra', project: 'fleetwright', backendUrl: 'file:///state', secretsProvider, stageSettings: stageSettings ?? (secretsProvider === undefined ? { secretsprovider: 'awskms://x' } : {}), executable })
  const progress: StackProgress[] = []
  const run = { stage: 'dev', config: { 'fleetwright:accountId': '000000000000' }, environment: { FLEET_RELEASE_MANIFEST: '/r.json' }, onProgress: (each: StackProgress) => void progress.push(each) }
  const asked = () => readFileSync(calls, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, string> & { args: string[] })
  return { engine, run, progress, asked, folder }
}

test('up makes the stack if need be, runs it with the values of this run, and reads outputs', async () => {
  const { engine, run, asked } = standIn('')
  expect(await engine.up(run)).toEqual({ changes: [], unchanged: 0, outputs: { release: 'r1' } })
  const [select, up, output] = asked()
  expect(select?.args).toEqual(['stack', 'select', 'dev', '--create', '--non-interactive'])
  expect(up?.args).toEqual(['up', '--yes', '--skip-preview', '--stack', 'dev', '--json', '--non-interactive'])
  expect(output?.args.slice(0, 2)).toEqual(['stack', 'output'])
  expect(up).toMatchObject({ PULUMI_BACKEND_URL: 'file:///state', FLEET_RELEASE_MANIFEST: '/r.json' })
  expect(up?.['PATH']?.startsWith(dirname(process.execPath))).toBe(true)
  expect(parse(up?.['stage'] ?? '')).toEqual({ secretsprovider: 'awskms://x', config: run.config })
  expect(parse(up?.['project'] ?? '')).toEqual({ name: 'fleetwright', runtime: RUNTIME, main: resolve('infra') })
})

const KEY = 'awskms://alias/fleet-dev-secrets?region=eu-central-1'
const sealedBy = (type: string, state: object) => ({ secrets_providers: { type, state } })
const stackCalls = (calls: { args: string[] }[]) => calls.map(({ args }) => args.slice(0, args[0] === 'stack' ? 2 : 1).join(' '))

test('a new stack is made with the key of its stage', async () => {
  const { engine, run, asked } = standIn('', 0, { secretsProvider: KEY, state: sealedBy('cloud', { url: KEY, encryptedkey: 'x' }) })
  await engine.up(run)
  expect(asked()[0]?.args).toEqual(['stack', 'select', 'dev', '--create', '--secrets-provider', KEY, '--non-interactive'])
  expect(stackCalls(asked())).toEqual(['stack select', 'stack export', 'up', 'stack output'])
})

test.each([
  ['a passphrase', sealedBy('passphrase', { salt: 'v1:…' })],
  ['another key', sealedBy('cloud', { url: 'awskms://alias/other?region=eu-central-1' })],
  ['nothing yet', {}],
])('a stack that is sealed with %s is taken over to the key by up, and by up alone', async (_case, state) => {
  const { engine, run, asked } = standIn('', 0, { secretsProvider: KEY, state })
  await engine.preview(run)
  await engine.destroy(run)
  expect(stackCalls(asked())).not.toContain('stack change-secrets-provider')
  await engine.up(run)
  const changed = asked().findIndex(({ args }) => args[1] === 'change-secrets-provider')
  expect(asked()[changed]?.args).toEqual(['stack', 'change-secrets-provider', KEY, '--stack', 'dev', '--non-interactive'])
  expect(asked()[changed + 1]?.args[0]).toBe('up')
})

test.each([{ secretsprovider: 'passphrase' }, { encryptionsalt: 'v1:…' }])('a stage file that says %o is obeyed', async (stageSettings) => {
  const { engine, run, asked } = standIn('', 0, { secretsProvider: KEY, stageSettings, state: sealedBy('passphrase', {}) })
  await engine.up(run)
  expect(stackCalls(asked())).toEqual(['stack select', 'up', 'stack output'])
  expect(asked()[0]?.args).not.toContain('--secrets-provider')
})

test.each([
  ['no key', 'error: NotFoundException: Alias arn:aws:kms:eu-central-1:000000000000:alias/fleet-dev-secrets is not found.', 'SECRETS_KEY_MISSING', 'fleet bootstrap'],
  ['a key that is to be deleted', 'error: constructing secrets manager of type "cloud": secrets (code=FailedPrecondition): operation error KMS: Decrypt, https response error StatusCode: 400, KMSInvalidStateException: arn:aws:kms:eu-central-1:000000000000:key/1 is pending deletion.', 'SECRETS_KEY_UNUSABLE', 'cancel-key-deletion'],
  ['not its passphrase', 'error: incorrect passphrase', 'STACK_SECRET_UNREADABLE', 'PULUMI_CONFIG_PASSPHRASE'],
])('with %s, an older stack stays as it is, and up says what to do', async (_case, refusal, code, remedy) => {
  const { engine, run, asked } = standIn('', 0, { secretsProvider: KEY, state: sealedBy('passphrase', {}), refusal })
  await expect(engine.up(run)).rejects.toMatchObject({ code, remedy: expect.stringContaining(remedy) })
  expect(stackCalls(asked())).not.toContain('up')
})

test('a replacement is told once, with its deletion', async () => {
  const { engine, run, progress } = standIn(
    [
      event('resourcePreEvent', 'create-replacement', { diffs: ['components'] }),
      event('resOutputsEvent', 'create-replacement'),
      event('resourcePreEvent', 'replace'),
      event('resOutputsEvent', 'replace'),
      event('resourcePreEvent', 'delete-replaced', { old: { custom: true }, new: null }),
      event('resOutputsEvent', 'delete-replaced', { old: { custom: true }, new: null }),
      event('resourcePreEvent', 'same'),
      event('resourcePreEvent', 'create', { new: { custom: false } }),
      'some plugin says something',
    ].join('\n'),
  )
  const { changes, unchanged } = await engine.up(run)
  expect(changes).toEqual([{ urn: URN, type: 'aws-native:greengrassv2:Deployment', name: 'deployment-release', operation: 'replace', properties: ['components'] }])
  expect(unchanged).toBe(1)
  expect(progress.map(({ operation, state }) => `${operation} ${state}`)).toEqual(['replace started', 'replace done', 'delete started', 'delete done'])
})

test('a preview changes nothing and plans', async () => {
  const { engine, run, progress, asked } = standIn(event('resourcePreEvent', 'create'))
  expect((await engine.preview(run)).changes).toHaveLength(1)
  expect(progress.map(({ state }) => state)).toEqual(['planned'])
  expect(asked().map(({ args }) => args[0])).toEqual(['stack', 'preview', 'stack'])
})

test.each([
  ['what the engine calls an error', JSON.stringify({ diagnosticEvent: { severity: 'error', urn: URN, message: 'creating resource: AlreadyExists\n    at frame (x.ts:1:1)\n' } }), 'PULUMI_FAILED', 'pulumi up failed: deployment-release: creating resource: AlreadyExists'],
  ['a lock', JSON.stringify({ diagnosticEvent: { severity: 'error', message: 'the stack is currently locked by 1 lock(s)' } }), 'STACK_LOCKED', 'the stack is currently locked'],
])('a failure says %s', async (_case, output, code, message) => {
  const { engine, run } = standIn(output, 255)
  await expect(engine.up(run)).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
})

test('the CLI is found on PATH, or not', () => {
  const { folder } = standIn('')
  expect(pulumiOnPath(`/nowhere:${folder}`)).toBe(join(folder, 'pulumi'))
  expect(pulumiOnPath('/nowhere')).toBeUndefined()
})

test('the runtime is that of Pulumi.yaml', () => {
  const project = parse(readFileSync(resolve(import.meta.dirname, '../../../Pulumi.yaml'), 'utf8')) as { runtime: unknown; name: string; main: string }
  expect(project).toMatchObject({ name: 'fleetwright', main: 'infra', runtime: RUNTIME })
})
