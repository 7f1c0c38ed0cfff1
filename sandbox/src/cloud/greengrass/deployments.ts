// sandbox/src/cloud/greengrass/deployments.ts: deployments to things and thing groups: each a revision that takes the place of the one before.
import { randomUUID } from 'node:crypto'
import type { CreateDeploymentRequest, DeploymentStatus } from '@aws-sdk/client-greengrassv2'
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { Jobs } from '../iot-core/jobs/jobs.ts'
import type { DeviceRegistry } from '../ports.ts'
import type { Store, Table } from '../store/store.ts'
import { type DeploymentTarget, readTargetArn } from './component-arn.ts'
import { checkDeployment, policiesOf } from './deployment-check.ts'
import { type DocumentSource, sentDocument } from './deployment-document.ts'
import { conflict, invalid, notFound } from './greengrass-error.ts'
import type { ThingDeployments } from './thing-deployments.ts'

export interface Deployment extends Omit<DocumentSource, 'target'> {
  readonly targetArn: string
  readonly jobConfiguration: CreateDeploymentRequest['iotJobConfiguration']
  /** Of a deployment to a thing group. */
  readonly iotJobId: string | undefined
  readonly tags: Readonly<Record<string, string>>
  /** Set when it was cancelled or superseded; until then its job or shadow tells. */
  readonly endedAs?: DeploymentStatus
}

export interface Deployments {
  create(request: CreateDeploymentRequest): Promise<Deployment>
  /** @throws AwsError ResourceNotFoundException */
  get(deploymentId: string | undefined): Deployment
  all(): readonly Deployment[]
  latestFor(targetArn: string): Deployment | undefined
  statusOf(deployment: Deployment): DeploymentStatus
  cancel(deploymentId: string | undefined): Promise<void>
  delete(deploymentId: string | undefined): void
  put(deployment: Deployment): void
}

export interface DeploymentsOptions {
  readonly account: Account
  readonly store: Store
  readonly clock: Clock
  readonly jobs: Jobs
  readonly registry: DeviceRegistry
  readonly things: ThingDeployments
}

/** Under which namespace of IoT jobs a nucleus looks for its deployments. */
const JOB_NAMESPACE = 'aws-gg-deployment'

export function openDeployments(options: DeploymentsOptions): Deployments {
  const { account, store, clock, jobs, registry, things } = options
  const records = store.table<Deployment>('greengrass_deployments')
  const targets = store.table<{ readonly revision: number; readonly deploymentId: string }>('greengrass_targets')
  const put = (deployment: Deployment) => records.put(deployment.deploymentId, deployment)
  const get = (deploymentId: string | undefined) => found(records, deploymentId)
  const latestFor = (targetArn: string) => {
    const latest = targets.get(targetArn)
    return latest && records.get(latest.deploymentId)
  }
  const statusOf = (deployment: Deployment): DeploymentStatus => {
    if (deployment.endedAs) return deployment.endedAs
    if (deployment.iotJobId === undefined) return things.statusOf(targetOf(deployment, account).name, deployment.revision)
    const status = jobs.describe(deployment.iotJobId)?.status
    return status === 'COMPLETED' ? 'COMPLETED' : status === 'IN_PROGRESS' ? 'ACTIVE' : 'CANCELED'
  }
  const supersede = (deployment: Deployment) => {
    const status = statusOf(deployment)
    if (status === 'ACTIVE' && deployment.iotJobId !== undefined) jobs.cancel(deployment.iotJobId, { force: true, comment: 'superseded by a newer revision' })
    put({ ...deployment, endedAs: status === 'ACTIVE' ? 'CANCELED' : status })
  }
  const begin = (request: CreateDeploymentRequest, target: DeploymentTarget): { readonly deployment: Deployment; readonly sent: Promise<void> } => {
    const { targetArn = '', deploymentName, components = {}, iotJobConfiguration, tags = {} } = request
    const before = latestFor(targetArn)
    if (before) supersede(before)
    const revision = (targets.get(targetArn)?.revision ?? 0) + 1
    const iotJobId = target.kind === 'thinggroup' ? randomUUID() : undefined
    const deployment: Deployment = {
      deploymentId: randomUUID(),
      deploymentName,
      targetArn,
      revision,
      createdAt: clock.now(),
      components,
      policies: policiesOf(request.deploymentPolicies),
      jobConfiguration: iotJobConfiguration,
      iotJobId,
      tags,
    }
    put(deployment)
    targets.put(targetArn, { revision, deploymentId: deployment.deploymentId })
    const document = sentDocument({ ...deployment, target }, account)
    if (iotJobId === undefined) return { deployment, sent: things.send(target.name, document) }
    createJob(jobs, { ...deployment, iotJobId }, document)
    return { deployment, sent: Promise.resolve() }
  }
  return {
    async create(request) {
      const target = readTargetArn(request.targetArn, account)
      if (!target) throw invalid(`'${request.targetArn ?? ''}' is not the ARN of a thing or thing group of this account and region.`, ['targetArn'])
      checkDeployment(request)
      if (target.kind === 'thing' && !registry.thing(target.name)) throw notFound('thing', request.targetArn ?? '')
      const { deployment, sent } = store.transaction(() => begin(request, target))
      await sent
      return deployment
    },
    get,
    all: () => records.all().map(([, deployment]) => deployment),
    latestFor,
    statusOf,
    async cancel(deploymentId) {
      const deployment = get(deploymentId)
      const status = statusOf(deployment)
      if (status !== 'ACTIVE') throw conflict('deployment', deployment.deploymentId, `The deployment ${deployment.deploymentId} is ${status}; only an active one can be canceled.`)
      const target = targetOf(deployment, account)
      store.transaction(() => {
        put({ ...deployment, endedAs: 'CANCELED' })
        if (deployment.iotJobId !== undefined) jobs.cancel(deployment.iotJobId)
      })
      if (target.kind === 'thing') await things.cancel(target.name)
    },
    delete: (deploymentId) =>
      store.transaction(() => {
        const deployment = get(deploymentId)
        if (statusOf(deployment) === 'ACTIVE') throw conflict('deployment', deployment.deploymentId, `The deployment ${deployment.deploymentId} is active; cancel it first.`)
        if (deployment.iotJobId !== undefined && jobs.describe(deployment.iotJobId)) jobs.delete(deployment.iotJobId, { force: true })
        records.delete(deployment.deploymentId)
      }),
    put,
  }
}

function found(records: Table<Deployment>, deploymentId = ''): Deployment {
  const deployment = records.get(deploymentId)
  if (!deployment) throw notFound('deployment', deploymentId)
  return deployment
}

export function targetOf({ targetArn }: Deployment, account: Account): DeploymentTarget {
  const target = readTargetArn(targetArn, account)
  if (!target) throw new Error(`deployment with a target that was not checked: ${targetArn}`)
  return target
}

/** Continuous: a device that joins the group later gets it too. */
function createJob(jobs: Jobs, { iotJobId, targetArn, jobConfiguration: asked }: Deployment & { readonly iotJobId: string }, document: ReturnType<typeof sentDocument>): void {
  try {
    jobs.create({
      jobId: iotJobId,
      targets: [targetArn],
      document,
      targetSelection: 'CONTINUOUS',
      namespaceId: JOB_NAMESPACE,
      ...(asked?.jobExecutionsRolloutConfig ? { rollout: asked.jobExecutionsRolloutConfig } : {}),
      ...(asked?.abortConfig ? { abort: asked.abortConfig } : {}),
      ...(asked?.timeoutConfig ? { timeout: asked.timeoutConfig } : {}),
    })
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause
    throw cause.code === 'ResourceNotFoundException' ? notFound('thing group', targetArn) : invalid(cause.message, ['iotJobConfiguration'])
  }
}
