// ops/src/stack/stack-process.ts: the process that one command of the in-process engine runs in: the program, the cloud's clients, the state file and its lock.
import { setTimeout as sleep } from 'node:timers/promises'
import { CloudControlClient } from '@aws-sdk/client-cloudcontrol'
import { IoTClient } from '@aws-sdk/client-iot'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { FleetError } from '@fleet/contract/errors'
import { accountsAllowedBy, byType, guarded, isProvider, providerResources } from './account-guard.ts'
import { accountSettings, isAccountSetting } from './account-settings.ts'
import { cloudControl, sent } from './cloud-control.ts'
import { lock } from './lock.ts'
import { monitor } from './monitor.ts'
import { operations, stackFailed } from './operations.ts'
import { FEATURES, runProgram } from './program.ts'
import { isSame, type Properties } from './properties.ts'
import { requests } from './requests.ts'
import { CloudFailure, remedyFor, type ResourceProvider } from './resource-provider.ts'
import { safe } from './secrets.ts'
import type { StackProgress, StackResult } from './stack-engine.ts'
import { stackSession, type StackSession } from './stack-session.ts'
import { openState, type StackState } from './stack-state.ts'

/** What the parent asks for, once. */
export interface StackOrder {
  readonly command: 'preview' | 'up' | 'refresh' | 'destroy'
  readonly programFolder: string
  readonly project: string
  readonly stage: string
  readonly config: Readonly<Record<string, string>>
  readonly stateFile: string
}

/** What the parent hears: progress, then one of the others. */
export type StackReport =
  | { readonly kind: 'progress'; readonly progress: StackProgress }
  | { readonly kind: 'done'; readonly result: StackResult }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly remedy: string }

const report = (message: StackReport) => void process.send?.(message)
const reportLast = (message: StackReport) => void process.send?.(message, () => process.disconnect())

if (process.send) {
  process.once('disconnect', () => process.exit(1)) // without the parent nobody hears of it; the state file knows what was done
  process.once('message', (order) => void serve(order as StackOrder)) // only our own parent has this channel
}

async function serve(order: StackOrder): Promise<void> {
  try {
    reportLast({ kind: 'done', result: await run(order) })
  } catch (error) {
    const failure = error instanceof FleetError ? error : programFailed(error)
    reportLast({ kind: 'failed', code: failure.code, message: failure.message, remedy: failure.remedy })
  }
}

async function run(order: StackOrder): Promise<StackResult> {
  using _lock = lock(`${order.stateFile}.lock`)
  const isPreview = order.command === 'preview'
  const state = openState(order.stateFile, safe(process.env['PULUMI_CONFIG_PASSPHRASE']))
  const onProgress = (progress: StackProgress) => report({ kind: 'progress', progress })
  const underWay = operations(onProgress, () => performance.now())
  const provider = providerFor(order, state)
  const asked = requests({ state, provider, sleep: (ms) => sleep(ms) })
  const session = stackSession({ state, requests: asked, operations: underWay, provider, isPreview, onProgress })
  if (!isPreview) await asked.recover()
  let outputs = state.outputs() ?? {}
  if (order.command === 'refresh') await session.refresh()
  else if (order.command === 'destroy') await session.destroy()
  else {
    outputs = await Promise.race([programOutputs(order, session), underWay.failed.then(() => ({}))])
    await underWay.idle()
    if (underWay.failures.length === 0) await session.deleteUnwanted()
  }
  await underWay.idle()
  if (underWay.failures.length > 0) throw stackFailed(underWay.failures)
  if (order.command === 'destroy') await state.putOutputs(undefined)
  else if (!isPreview && !isSame(outputs, state.outputs())) await state.putOutputs(outputs)
  return { outputs: order.command === 'destroy' ? {} : outputs, changes: session.changes, unchanged: session.unchanged }
}

async function programOutputs({ programFolder: folder, project, stage: stack, config, command }: StackOrder, { register }: StackSession): Promise<Properties> {
  let outputs: Properties = {}
  const engine = monitor({ project, stack, register, features: FEATURES, onOutputs: (each) => void (outputs = each) })
  // What was rejected because its resource failed is told by the operations.
  process.on('unhandledRejection', () => undefined)
  await runProgram({ folder, project, stack, config, isPreview: command === 'preview' }, engine)
  return outputs
}

/** By type: Cloud Control, the settings of the account, the provider resources themselves. Endpoint and credentials come from the environment, as for every AWS SDK. */
function providerFor({ config }: StackOrder, state: StackState): ResourceProvider {
  const aws = { region: config['aws-native:region'] ?? '', maxAttempts: 6 }
  const resources = cloudControl({ client: new CloudControlClient(aws), sleep: (ms) => sleep(ms) })
  const settings = accountSettings(new IoTClient(aws))
  const allowed = () => state.all().filter(({ type }) => isProvider(type)).flatMap(({ inputs }) => accountsAllowedBy(inputs))
  const account = async () => (await sent(new STSClient(aws).send(new GetCallerIdentityCommand({})))).Account ?? ''
  const inTheCloud = guarded(byType((type) => (isAccountSetting(type) ? settings : resources)), allowed, account)
  return byType((type) => (isProvider(type) ? providerResources : inTheCloud))
}

const programFailed = (cause: unknown) => {
  if (cause instanceof CloudFailure) return new FleetError('STACK_FAILED', `${cause.code}: ${cause.message}`, remedyFor(cause.code), { cause })
  const message = cause instanceof Error ? cause.message : String(cause)
  return new FleetError('STACK_PROGRAM_FAILED', `the Pulumi program failed: ${message}`, 'Correct infra/ or the stage file; what was made until then is kept.', { cause })
}
