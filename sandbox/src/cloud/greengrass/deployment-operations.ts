// sandbox/src/cloud/greengrass/deployment-operations.ts: the operations on deployments.
import { type Account, arn } from '../account.ts'
import { oneOf, violations } from '../constraint.ts'
import type { OperationsOf } from '../service.ts'
import type { Deployment, Deployments } from './deployments.ts'
import { invalid } from './greengrass-error.ts'
import { newestFirst, pageOf } from './pages.ts'
import type { Requests } from './requests.ts'

export interface DeploymentOperationsOptions {
  readonly account: Account
  readonly deployments: Deployments
  readonly requests: Requests
}

export function deploymentOperations({ account, deployments, requests }: DeploymentOperationsOptions): OperationsOf<typeof import('@aws-sdk/client-greengrassv2')> {
  const job = ({ iotJobId }: Deployment) => (iotJobId === undefined ? {} : { iotJobId, iotJobArn: arn('iot', account, `job/${iotJobId}`) })
  const summary = (deployment: Deployment) => ({
    targetArn: deployment.targetArn,
    revisionId: String(deployment.revision),
    deploymentId: deployment.deploymentId,
    ...(deployment.deploymentName === undefined ? {} : { deploymentName: deployment.deploymentName }),
    creationTimestamp: deployment.createdAt,
    deploymentStatus: deployments.statusOf(deployment),
    isLatestForTarget: deployments.latestFor(deployment.targetArn)?.deploymentId === deployment.deploymentId,
  })
  return {
    async CreateDeployment(input) {
      const { deploymentId } = await requests.onceAsync(input.clientToken, 'CreateDeployment', async () => ({ deploymentId: (await deployments.create(input)).deploymentId }))
      return { deploymentId, ...job(deployments.get(deploymentId)) }
    },
    GetDeployment({ deploymentId }) {
      const deployment = deployments.get(deploymentId)
      return {
        ...summary(deployment),
        ...job(deployment),
        components: deployment.components,
        deploymentPolicies: deployment.policies,
        iotJobConfiguration: deployment.jobConfiguration ?? {},
        tags: deployment.tags,
      }
    },
    ListDeployments({ targetArn, parentTargetArn, historyFilter = 'LATEST_ONLY', maxResults, nextToken }) {
      const message = violations(['historyFilter', historyFilter, oneOf('ALL', 'LATEST_ONLY')])
      if (message) throw invalid(message, ['historyFilter'])
      const wanted = parentTargetArn === undefined ? deployments.all().filter((deployment) => targetArn === undefined || deployment.targetArn === targetArn) : []
      const summaries = wanted.map(summary).filter(({ isLatestForTarget }) => historyFilter === 'ALL' || isLatestForTarget)
      const { page, ...token } = pageOf(summaries, ({ creationTimestamp, deploymentId }) => newestFirst(creationTimestamp, deploymentId), { maxResults, nextToken })
      return { deployments: [...page], ...token }
    },
    async CancelDeployment({ deploymentId }) {
      await deployments.cancel(deploymentId)
      return { message: 'SUCCESS' }
    },
    DeleteDeployment({ deploymentId }) {
      deployments.delete(deploymentId)
      return {}
    },
  }
}
