// infra/src/account-settings/account-settings.ts: settings of the whole AWS account that the fleet relies on: event messages, fleet index, IoT log.
import type { Stage } from '@fleet/contract/stage'
import { shadows } from '@fleet/contract/topics'
import { EventConfigurations } from '@pulumi/aws/iot/eventConfigurations.js'
import { IndexingConfiguration } from '@pulumi/aws/iot/indexingConfiguration.js'
import type { Role } from '@pulumi/aws-native/iam/role.js'
import { Logging } from '@pulumi/aws-native/iot/logging.js'
import * as pulumi from '@pulumi/pulumi'
import { fleetArns } from '../arn.ts'
import { allow, trust } from '../policy-document.ts'
import { boundedRole } from '../role.ts'

/** Where AWS IoT writes, by a name that it alone chooses (AWS IoT guide, «Configure AWS IoT logging»). */
const IOT_LOG_GROUP = 'AWSIotLogsV2'

/** One of each in an account and region: the second stage there must leave them alone (`managesAccountSettings: false`). */
export class AccountSettings extends pulumi.ComponentResource {
  constructor(name: string, stage: Stage, opts?: pulumi.ComponentResourceOptions) {
    super('fleet:account-settings:AccountSettings', name, {}, opts)
    withoutCloudFormation(name, this)
    const { arn: roleArn } = loggingRole(`${name}-log-role`, stage, this)
    new Logging(`${name}-log`, { accountId: stage.accountId, defaultLogLevel: 'WARN', roleArn }, { parent: this })
    this.registerOutputs()
  }
}

/** The seam: all that @pulumi/aws is used for. CloudFormation, and so aws-native, has no such types (infra/README.md). */
function withoutCloudFormation(name: string, parent: pulumi.Resource): void {
  // $aws/events/jobExecution/…: how a rollout goes, without asking for each device.
  new EventConfigurations(`${name}-events`, { eventConfigurations: { JOB_EXECUTION: true } }, { parent })
  // Who is connected, and what LED, button and operating system report, for a whole fleet in one query.
  const namedShadows = Object.values(shadows).map((shadow) => shadow.name)
  new IndexingConfiguration(
    `${name}-index`,
    { thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS', namedShadowIndexingMode: 'ON', filter: { namedShadowNames: namedShadows } } },
    { parent },
  )
}

function loggingRole(name: string, stage: Stage, parent: pulumi.Resource): Role {
  const writeLog = allow({
    sid: 'WriteIotLog',
    actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:PutMetricFilter', 'logs:PutRetentionPolicy'],
    resources: [fleetArns(stage).logGroup(IOT_LOG_GROUP), `${fleetArns(stage).logGroup(IOT_LOG_GROUP)}:*`],
    because: 'AWS IoT names the streams of its log group.',
  })
  return boundedRole(name, { stage, trusted: trust('iot.amazonaws.com', { StringEquals: { 'aws:SourceAccount': stage.accountId } }), may: { 'write-iot-log': writeLog } }, parent)
}
