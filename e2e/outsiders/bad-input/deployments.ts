// e2e/outsiders/bad-input/deployments.ts: deployments that nobody waits for, and deployments that meet.
import { equal, matches } from '../aws-cli-and-boto3/aws-command.ts'
import type { Stage } from './core-device.ts'

export async function deploymentsGoOn({ trial, core, cli }: Stage): Promise<void> {
  await trial.check('a deployment to a group without devices waits for the first one', async () => {
    const { thingGroupArn } = (await cli.aws('iot create-thing-group --thing-group-name empty')) as { thingGroupArn: string }
    const { deploymentId } = (await cli.aws(`greengrassv2 create-deployment --target-arn ${thingGroupArn}`)) as { deploymentId: string }
    equal(await cli.aws(`greengrassv2 get-deployment --deployment-id ${deploymentId} --query deploymentStatus --output text`), 'ACTIVE')
    await cli.aws(`iot add-thing-to-thing-group --thing-group-name empty --thing-name ${core.thingName}`)
    equal(await cli.aws(`greengrassv2 list-effective-deployments --core-device-thing-name ${core.thingName} --query effectiveDeployments[].deploymentId --output text`), deploymentId)
    const configuration = await core.ask(`/greengrass/v2/coreDevices/${core.thingName}/deployments/${deploymentId}/configuration`)
    equal(configuration.status, 200)
    matches(configuration.body, /"preSignedUrl"/)
    trial.judged('Greengrass data plane', 'GetDeploymentConfiguration')
  })
  await trial.check('of two deployments at once one is in force', async () => {
    const { thingGroupArn } = (await cli.aws('iot create-thing-group --thing-group-name busy')) as { thingGroupArn: string }
    const deploy = async (name: string) => (await cli.aws(`greengrassv2 create-deployment --target-arn ${thingGroupArn} --deployment-name ${name}`)) as { deploymentId: string }
    await Promise.all([deploy('one'), deploy('other')])
    equal(await cli.aws(`greengrassv2 list-deployments --target-arn ${thingGroupArn} --history-filter ALL --query length(deployments[?deploymentStatus=='ACTIVE'&&isLatestForTarget])`), '1')
    equal(await cli.aws(`greengrassv2 list-deployments --target-arn ${thingGroupArn} --history-filter ALL --query length(deployments[?deploymentStatus=='CANCELED'])`), '1')
    trial.judged('Greengrass deployments', 'two at once')
  })
}
