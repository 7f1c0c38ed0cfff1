// ops/src/stack/pulumi-cli.ts: runs the Pulumi program with the Pulumi CLI: for AWS itself, with state in a bucket.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { FleetError } from '@fleet/contract/errors'
import { stageFile } from '@fleet/contract/stage'
import { stringify } from 'yaml'
import { onPath } from '../shell/on-path.ts'
import { eventReader } from './pulumi-events.ts'
import { resourcesIn, secretsProviderIn } from './pulumi-export.ts'
import type { Outputs, StackEngine, StackResource, StackResult, StackRun } from './stack-engine.ts'

export interface PulumiCliOptions {
  readonly programFolder: string
  readonly project: string
  /** `s3://bucket/prefix?region=…` or `file:///folder`. */
  readonly backendUrl: string
  /** What the stage file says beside `config`: which key encrypts secrets. */
  readonly stageSettings?: Readonly<Record<string, unknown>>
  /** `awskms://alias/…?region=…`: what secrets in the state are sealed with, unless the stage file says otherwise. Undefined: a passphrase. */
  readonly secretsProvider?: string | undefined
  /** What the CLI needs to reach the cloud, also for what is only read: the key in KMS opens the state. A run may have more. */
  readonly environment?: Readonly<Record<string, string>>
  /** From `pulumiOnPath`. */
  readonly executable: string
}

/** The CLI's executable, when it is installed. */
export const pulumiOnPath = (path?: string): string | undefined => onPath('pulumi', path)

export function pulumiCliEngine(options: PulumiCliOptions): StackEngine {
  const command = (args: readonly string[], isPreview = false) => (run: StackRun) =>
    inProject(options, run, async (project) => {
      await project.ensureStack()
      if (args[0] === 'up') await project.ensureSecretsProvider()
      const { changes, unchanged } = await project.events([...args, '--stack', run.stage, '--json', '--non-interactive'], isPreview)
      return { changes, unchanged, outputs: (await project.outputs()) ?? {} }
    })
  return {
    preview: command(['preview'], true),
    up: command(['up', '--yes', '--skip-preview']),
    refresh: command(['refresh', '--yes', '--skip-preview']),
    destroy: command(['destroy', '--yes', '--skip-preview']),
    sealedBy: (stage) => inProject(options, { stage, config: {} }, (project) => project.sealedBy()),
    resources: (stage) => inProject(options, { stage, config: {} }, (project) => project.resources()),
    outputs: (stage) => inProject(options, { stage, config: {} }, (project) => project.outputs()),
  }
}

interface Project {
  ensureStack(): Promise<void>
  /** A stack that was made before there was a key is taken over to it; this needs its passphrase a last time. */
  ensureSecretsProvider(): Promise<void>
  events(args: readonly string[], isPreview: boolean): Promise<Omit<StackResult, 'outputs'>>
  outputs(): Promise<Outputs | undefined>
  resources(): Promise<readonly StackResource[]>
  sealedBy(): Promise<string | undefined>
}

/** Works in a project folder of its own, for this run: the CLI rewrites the stage file, without its comments, and the run may have other values than the file. */
async function inProject<T>(options: PulumiCliOptions, run: StackRun, work: (project: Project) => Promise<T>): Promise<T> {
  const { project: name, programFolder, stageSettings, executable } = options
  const provider = wantedProvider(options)
  const folder = mkdtempSync(join(tmpdir(), 'fleet-stack-'))
  const env = { ...environmentOf(options, run), PULUMI_ENABLE_STREAMING_JSON_PREVIEW: 'true' } // else a preview gives no events
  const start = (args: readonly string[]) => spawn(executable, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = async (args: readonly string[]) => {
    const child = start(args)
    const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), exitCode(child)])
    return { output, errors, code }
  }
  /** Empty when there is no such stack. */
  const exported = async () => {
    const { output, errors, code } = await said(['stack', 'export', '--stack', run.stage, '--non-interactive'])
    if (code === 0) return output
    if (isNoStack(errors)) return ''
    throw failed('stack export', [errors])
  }
  try {
    writeFileSync(join(folder, 'Pulumi.yaml'), stringify({ name, runtime: RUNTIME, main: resolve(programFolder) }))
    writeFileSync(join(folder, stageFile(run.stage)), stringify({ ...stageSettings, config: run.config }), { mode: 0o600 })
    return await work({
      async ensureStack() {
        const { errors, code } = await said(['stack', 'select', run.stage, '--create', ...(provider === undefined ? [] : ['--secrets-provider', provider]), '--non-interactive'])
        if (code !== 0) throw failed('stack select', [errors])
      },
      async ensureSecretsProvider() {
        if (provider === undefined || secretsProviderIn(await exported()) === provider) return
        const { errors, code } = await said(['stack', 'change-secrets-provider', provider, '--stack', run.stage, '--non-interactive'])
        if (code !== 0) throw failed('stack change-secrets-provider', [errors])
      },
      async events(args, isPreview) {
        const child = start(args)
        const reader = eventReader(isPreview, run.onProgress ?? (() => undefined), () => performance.now())
        const lines = createInterface({ input: child.stdout }).on('line', (line) => reader.read(line))
        const [errors, code] = await Promise.all([text(child.stderr), exitCode(child), new Promise((done) => lines.once('close', done))])
        if (code !== 0) throw failed(args[0] ?? '', reader.errors.length > 0 ? reader.errors : [errors])
        return reader
      },
      async outputs() {
        const { output, errors, code } = await said(['stack', 'output', '--stack', run.stage, '--json', '--non-interactive'])
        if (code === 0) return JSON.parse(output) as Outputs
        if (isNoStack(errors)) return undefined
        throw failed('stack output', [errors])
      },
      async sealedBy() {
        const output = await exported()
        return output === '' ? undefined : secretsProviderIn(output)
      },
      async resources() {
        const output = await exported()
        return output === '' ? [] : resourcesIn(output)
      },
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A stage file that says itself what its secrets are sealed with is obeyed. */
const wantedProvider = ({ secretsProvider, stageSettings = {} }: PulumiCliOptions): string | undefined =>
  ['secretsprovider', 'encryptionsalt'].some((key) => key in stageSettings) ? undefined : secretsProvider

/** The same as in Pulumi.yaml; a test compares them. */
export const RUNTIME = { name: 'nodejs', options: { typescript: false, packagemanager: 'pnpm' } }

/** Our own Node first: the language host starts the program with the one that it finds. */
const environmentOf = ({ backendUrl, environment: common }: PulumiCliOptions, { environment }: StackRun): NodeJS.ProcessEnv => ({
  PULUMI_CONFIG_PASSPHRASE: '', // overridden by the caller's; for stacks without a key: the CLI refuses to start without one, even when nothing is secret
  ...process.env,
  PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
  PULUMI_BACKEND_URL: backendUrl,
  PULUMI_SKIP_UPDATE_CHECK: 'true',
  PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: 'true', // the stage file in the folder of this run does not know the data key: the state does
  ...common,
  ...environment,
})

const isNoStack = (errors: string) => /no stack named/i.test(errors)

const exitCode = (child: ReturnType<typeof spawn>) => new Promise<number>((done, fail) => child.once('error', fail).once('close', (code) => done(code ?? 1)))

function failed(command: string, errors: readonly string[]): FleetError {
  const what = `pulumi ${command} failed: ${errors.join('\n').trim() || 'it gave no reason'}`
  if (/currently locked/.test(what)) return new FleetError('STACK_LOCKED', what, 'Wait for the other run to end; if it died, run `pulumi cancel` for this stack.')
  if (/alias\/\S+ is not found/.test(what)) return new FleetError('SECRETS_KEY_MISSING', what, 'Run `fleet bootstrap` for this stage with an administrator\'s credentials: it makes the key. Then repeat.')
  if (/KMS[^]*(KMSInvalidStateException|DisabledException)/.test(what)) return new FleetError('SECRETS_KEY_UNUSABLE', what, 'Somebody has disabled the key, or it is to be deleted: aws kms cancel-key-deletion --key-id <the key\'s>, aws kms enable-key --key-id <the key\'s>; then run the same again.')
  if (/incorrect passphrase/i.test(what)) return new FleetError('STACK_SECRET_UNREADABLE', what, 'Set PULUMI_CONFIG_PASSPHRASE to the passphrase that this stack was made with. The next deploy takes its secrets over to the key in KMS; from then on none is needed.')
  return new FleetError('PULUMI_FAILED', what, 'Do what the message says, then run the same again: what is done is kept.')
}
