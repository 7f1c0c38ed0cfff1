// ops/src/stack/stack-run.ts: one command of the in-process engine: the program, the cloud's clients, the state file and its lock.
import { setTimeout as sleep } from 'node:timers/promises'
import { CloudControlClient } from '@aws-sdk/client-cloudcontrol'
import { IoTClient } from '@aws-sdk/client-iot'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { accountsAllowedBy, byType, guarded, isProvider, providerResources } from './account-guard.ts'
import { accountSettings, isAccountSetting } from './account-settings.ts'
import { cloudControl, sent } from './cloud-control.ts'
import { lock } from './lock.ts'
import { monitor } from './monitor.ts'
import { operations } from './operations.ts'
import { FEATURES, runProgram } from './program.ts'
import { isSame, type Properties } from './properties.ts'
import { requests } from './requests.ts'
import type { ResourceProvider } from './resource-provider.ts'
import { safe } from './secrets.ts'
import type { StackProgress, StackResult } from './stack-engine.ts'
import { stackSession, type StackSession } from './stack-session.ts'
import { stackFailed } from './stack-failed.ts'
import { openState, type StackState } from './stack-state.ts'

/** A command of the engine, with all that it needs to know. */
export interface StackOrder {
  readonly command: 'preview' | 'up' | 'refresh' | 'destroy'
  readonly programFolder: string
  readonly project: string
  readonly stage: string
  readonly config: Readonly<Record<string, string>>
  readonly stateFile: string
}

/** For a process of its own: the SDK keeps its engine in module state, and what the program's failed resources reject reaches nobody but the process. @throws what failed */
export async function runOrder(order: StackOrder, onProgress: (progress: StackProgress) => void): Promise<StackResult> {
  using _lock = lock(`${order.stateFile}.lock`)
  const isPreview = order.command === 'preview'
  const state = openState(order.stateFile, safe(process.env['PULUMI_CONFIG_PASSPHRASE']))
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
