// ops/src/doctor/checks.ts: what `fleet doctor` looks at, from this machine to the devices.
import { DescribeEventConfigurationsCommand, IoTClient } from '@aws-sdk/client-iot'
import { KMSClient } from '@aws-sdk/client-kms'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { FleetError } from '@fleet/contract/errors'
import { planReconcile } from '../allowlist/reconcile.ts'
import { readListFile } from '../allowlist/list-file.ts'
import { assertAccount } from '../aws/account-check.ts'
import { clientConfig, named } from '../aws/client-config.ts'
import { showClaim } from '../claim/show-claim.ts'
import { inspectSecretsKey } from '../bootstrap/secrets-key.ts'
import { chosenEngine, secretsProviderOf } from '../deploy/choose-engine.ts'
import { previewDeploy } from '../deploy/deploy.ts'
import { hasDocker } from '../release/docker-buildx.ts'
import { fleetStatus } from '../status/fleet-status.ts'
import { cloudNow } from '../target/cloud-time.ts'
import type { Target } from '../target/target.ts'
import { absentees } from '../teardown/leftovers.ts'
import { driftVerdict } from './drift.ts'
import { ok, warning, type Check, type Verdict } from './examination.ts'
import { auditVerdict, lastAudit } from './last-audit.ts'
import { quotasVerdict } from './quotas.ts'
import { secretsKeyVerdict } from './secrets-key.ts'
import { allowlistVerdict, claimVerdict, devicesVerdict, jobEventsVerdict, stackVerdict } from './verdicts.ts'

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly now: () => Date
}

/** In the order in which one thing needs the other. Nothing is changed. */
export function checksOf(target: Target, surroundings: Surroundings): readonly Check[] {
  const { stage } = target.stage
  const { now } = surroundings
  const iot = named(new IoTClient(clientConfig(target)))
  const cloudTime = () => cloudNow(target, iot, now)
  const devices = once(() => fleetStatus(target, { brief: true, now }))
  return [
    { name: 'tools', examine: () => tools(target) },
    { name: 'list file', examine: async () => ok(`${(await readListFile()).list.serials.length} serial numbers in allowlist.txt`) },
    { name: 'credentials', examine: () => credentials(target) },
    { name: 'stack', needs: ['credentials'], examine: () => stack(target, surroundings) },
    { name: 'drift', needs: ['credentials', 'stack'], examine: () => drift(target, surroundings) },
    { name: 'secrets key', needs: ['credentials'], examine: () => secretsKey(target, surroundings) },
    { name: 'claim', needs: ['credentials'], examine: async () => claimVerdict(await showClaim(target), await cloudTime()) },
    { name: 'allowlist', needs: ['list file', 'credentials', 'stack'], examine: async () => allowlistVerdict(await planReconcile(target, { now }), stage) },
    { name: 'devices', needs: ['credentials', 'stack'], examine: async () => devicesVerdict(await devices()) },
    { name: 'job events', needs: ['credentials'], examine: async () => jobEventsVerdict(await tellsOfJobs(iot), target.stage.region) },
    { name: 'audit', needs: ['credentials'], examine: async () => auditVerdict(await lastAudit(iot, await cloudTime()), stage) },
    { name: 'quotas', needs: ['devices'], examine: async () => quotasVerdict(await devices(), target.stage.rollout) },
  ]
}

async function tools({ kind }: Target): Promise<Verdict> {
  const node = `Node.js ${process.versions.node}`
  if (kind !== 'aws') return ok(`${node}; a sandbox needs no others`)
  if (await hasDocker()) return ok(`${node}, Docker`)
  return warning(`${node}, but no Docker daemon answers`, 'Only publishing images needs it: start Docker, or publish from the pipeline.')
}

/** That they are of the stage's account, too. */
async function credentials(target: Target): Promise<Verdict> {
  const { Account = '?', Arn = '?' } = await named(new STSClient(clientConfig(target))).send(new GetCallerIdentityCommand({}))
  await assertAccount(target)
  return ok(`${Arn}, account ${Account}`)
}

/** A stack that nobody has made is not previewed: the Pulumi CLI would create an empty one. */
async function stack(target: Target, { environment }: Surroundings): Promise<Verdict> {
  const { stage } = target.stage
  const engine = chosenEngine(target, environment)
  if ((await engine.outputs(stage)) !== undefined) return stackVerdict(await previewDeploy(target, { engine }), stage)
  throw new FleetError('STACK_MISSING', `stage ${stage} has no stack yet`, `Make it: fleet bootstrap --stage ${stage}, then fleet deploy --stage ${stage}`)
}

/** Changes of a resource by hand are not seen, its absence is. */
async function drift(target: Target, { environment }: Surroundings): Promise<Verdict> {
  const { stage } = target.stage
  const { absent, looked } = await absentees(target, await chosenEngine(target, environment).resources(stage))
  return driftVerdict(absent, looked, stage)
}

/** Of a stack that nobody has made, the CLI knows nothing, and is not asked either: it may not be installed. */
async function secretsKey(target: Target, { environment }: Surroundings): Promise<Verdict> {
  const { stage } = target.stage
  const key = await inspectSecretsKey(named(new KMSClient(clientConfig(target))), target.stage)
  const by = key && (await chosenEngine(target, environment).sealedBy(stage))
  return secretsKeyVerdict({ stage, key, by, wanted: secretsProviderOf(target) })
}

/** A setting of the whole account, which anybody may have changed. */
async function tellsOfJobs(iot: IoTClient): Promise<boolean> {
  const { eventConfigurations } = await iot.send(new DescribeEventConfigurationsCommand({}))
  return eventConfigurations?.JOB_EXECUTION?.Enabled === true
}

/** Two checks read the same answer. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => (answer ??= work())
}
