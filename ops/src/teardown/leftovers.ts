// ops/src/teardown/leftovers.ts: looks in the cloud itself whether anything of a stack is left, whatever the stack's own record says.
import { CloudControlClient, GetResourceCommand, ResourceNotFoundException } from '@aws-sdk/client-cloudcontrol'
import { CloudWatchLogsClient, DeleteLogGroupCommand, ResourceNotFoundException as NoLogGroup } from '@aws-sdk/client-cloudwatch-logs'
import { componentLogGroup, systemLogGroup } from '@fleet/contract/device-logs'
import { COMPONENTS, componentName } from '@fleet/contract/names'
import { clientConfig, named } from '../aws/client-config.ts'
import { paceFor } from '../aws/pace.ts'
import { resourceType } from '../stack/resource-types.ts'
import type { StackResource } from '../stack/stack-engine.ts'
import type { Target } from '../target/target.ts'

export interface Leftover {
  /** `AWS::IAM::Role` */
  readonly type: string
  readonly id: string
  /** Why it could not be looked at; absent when it is there. */
  readonly why?: string
}

type Probe = Pick<Leftover, 'type' | 'id'>

/** `recorded`: what the stack had when its destruction began. What has a name of its own is looked for whether it was recorded or not. */
export async function leftovers(target: Target, recorded: readonly StackResource[]): Promise<Leftover[]> {
  const cloudControl = named(new CloudControlClient(clientConfig(target)))
  const pace = paceFor(target)
  const probes = new Map([...recorded.flatMap(probeOf), ...namedProbes(target)].map((probe) => [`${probe.type} ${probe.id}`, probe]))
  const looks = [...probes.values()].map(({ type, id }) => pace('other', () => look({ type, id }, cloudControl)))
  return (await Promise.all(looks)).flat()
}

/** The other way round: those of the recorded resources that are gone, or could not be looked at; and how many were looked for. */
export async function absentees(target: Target, recorded: readonly StackResource[]): Promise<{ readonly absent: readonly Leftover[]; readonly looked: number }> {
  const cloudControl = named(new CloudControlClient(clientConfig(target)))
  const pace = paceFor(target)
  const probes = recorded.flatMap(probeOf)
  const looks = await Promise.all(probes.map(async (probe) => ({ probe, found: await pace('other', () => look(probe, cloudControl)) })))
  return { absent: looks.flatMap(({ probe, found: [found] }) => (found === undefined ? [probe] : found.why === undefined ? [] : [found])), looked: probes.length }
}

async function look({ type, id }: Probe, cloudControl: CloudControlClient): Promise<Leftover[]> {
  try {
    await cloudControl.send(new GetResourceCommand({ TypeName: type, Identifier: id }))
    return [{ type, id }]
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return []
    return [{ type, id, why: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }]
  }
}

/** Settings of the account are none that could be left; they have no type of Cloud Control. */
const probeOf = ({ type, id }: StackResource): Probe[] => {
  const known = resourceType(type)
  return known && id !== '' ? [{ type: known.cloudFormation, id }] : []
}

function namedProbes(target: Target): Probe[] {
  const { names } = target
  const all = (type: string, ...ids: readonly string[]) => ids.map((id) => ({ type: `AWS::${type}`, id }))
  return [
    ...all('S3::Bucket', names.provisioningBucket, names.telemetryArchive, names.consoleBucket),
    ...all('DynamoDB::Table', names.telemetryTable, names.lastStateTable, names.alarmsTable),
    ...all('KinesisFirehose::DeliveryStream', names.telemetryStream),
    ...all('ECR::Repository', ...COMPONENTS.map(names.imageRepository)),
    ...all('IoT::ThingGroup', names.thingGroup),
    ...all('IoT::Policy', names.devicePolicy, names.claimPolicy, names.console),
    ...all('IoT::ProvisioningTemplate', names.provisioningTemplate),
    ...all('IoT::RoleAlias', names.roleAlias),
    ...all('IoT::TopicRule', names.telemetryRule, names.alarmRule, names.presenceRule('offline'), names.presenceRule('online'), ...(['csr', 'prove', 'outcome', 'ended'] as const).map(names.rotationRule)),
    ...all('Lambda::Function', ...functions(target)),
    ...all('Logs::LogGroup', ...logGroups(target)),
  ]
}

const functions = ({ names }: Target) => [names.admissionHook, ...(['start', 'sign', 'finish'] as const).map(names.rotationFunction)]

function logGroups(target: Target): string[] {
  const { names, stage } = target
  const own = [...functions(target).map((name) => `/aws/lambda/${name}`), names.telemetryLogGroup, names.rotationErrorLogGroup]
  return stage.managesAccountSettings ? [...own, systemLogGroup(stage), ...COMPONENTS.map((folder) => componentLogGroup(componentName(folder), stage))] : own
}

/** A function or a device that wrote a last line after its group was deleted has made the group anew, outside of the stack: the next deploy would stumble on it. */
export async function removeLateLogs(target: Target): Promise<number> {
  const logs = named(new CloudWatchLogsClient(clientConfig(target)))
  const pace = paceFor(target)
  const removed = await Promise.all(logGroups(target).map((logGroupName) => pace('other', () => removal(logs, logGroupName))))
  return removed.filter(Boolean).length
}

async function removal(logs: CloudWatchLogsClient, logGroupName: string): Promise<boolean> {
  try {
    await logs.send(new DeleteLogGroupCommand({ logGroupName }))
    return true
  } catch (error) {
    if (error instanceof NoLogGroup) return false
    throw error
  }
}
