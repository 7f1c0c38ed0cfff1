// e2e/outsiders/pulumi/leftovers.ts: what is in the account after a destroy, of everything that the program makes and a device is.
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { GreengrassV2Client, ListComponentsCommand, ListDeploymentsCommand } from '@aws-sdk/client-greengrassv2'
import { IoTClient, ListCertificatesCommand, ListPoliciesCommand, ListProvisioningTemplatesCommand, ListRoleAliasesCommand, ListThingGroupsCommand, ListThingsCommand, ListTopicRulesCommand } from '@aws-sdk/client-iot'
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { clientConfig, s3Config } from '@fleet/ops/aws/client-config'
import type { Target } from '@fleet/ops/target/target'

/** Kinds of which there is none are left out. */
export async function leftBehind(target: Target): Promise<Readonly<Record<string, readonly string[]>>> {
  const config = clientConfig(target)
  const iot = new IoTClient(config)
  const greengrass = new GreengrassV2Client(config)
  const lists: Record<string, readonly (string | undefined)[] | undefined> = {
    policies: (await iot.send(new ListPoliciesCommand({}))).policies?.map(({ policyName }) => policyName),
    templates: (await iot.send(new ListProvisioningTemplatesCommand({}))).templates?.map(({ templateName }) => templateName),
    roleAliases: (await iot.send(new ListRoleAliasesCommand({}))).roleAliases,
    thingGroups: (await iot.send(new ListThingGroupsCommand({}))).thingGroups?.map(({ groupName }) => groupName),
    rules: (await iot.send(new ListTopicRulesCommand({}))).rules?.map(({ ruleName }) => ruleName),
    functions: (await new LambdaClient(config).send(new ListFunctionsCommand({}))).Functions?.map(({ FunctionName }) => FunctionName),
    logGroups: (await new CloudWatchLogsClient(config).send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/fleet/' }))).logGroups?.map(({ logGroupName }) => logGroupName),
    components: (await greengrass.send(new ListComponentsCommand({}))).components?.map(({ componentName }) => componentName),
    deployments: (await greengrass.send(new ListDeploymentsCommand({}))).deployments?.map(({ deploymentId }) => deploymentId),
    buckets: (await new S3Client(s3Config(target)).send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name),
    things: (await iot.send(new ListThingsCommand({}))).things?.map(({ thingName }) => thingName),
    certificates: (await iot.send(new ListCertificatesCommand({}))).certificates?.map(({ status }) => status),
  }
  return Object.fromEntries(Object.entries(lists).flatMap(([kind, list = []]) => (list.length === 0 ? [] : [[kind, list.map((each) => each ?? '')]])))
}
