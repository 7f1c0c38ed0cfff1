// infra/src/arn.ts: the ARNs that follow from a stage's names, so that a grant can name one before the resource is there.
import { ARTIFACT_PREFIX, fleetNames, type StageIdentity } from '@fleet/contract/names'

/** `arn:<partition>:<service>:<region>:<account>:<resource>`; the partitions beside `aws` are told by their regions (AWS General Reference, «Partitions»). */
export const arn = (service: string, { region, accountId }: StageIdentity, resource: string) => `arn:${partition(region)}:${service}:${region}:${accountId}:${resource}`

export function fleetArns(stage: StageIdentity) {
  const names = fleetNames(stage)
  const bucket = `arn:${partition(stage.region)}:s3:::${names.provisioningBucket}`
  return {
    thingGroup: arn('iot', stage, `thinggroup/${names.thingGroup}`),
    provisioningTemplate: arn('iot', stage, `provisioningtemplate/${names.provisioningTemplate}`),
    roleAlias: arn('iot', stage, `rolealias/${names.roleAlias}`),
    devicePolicy: arn('iot', stage, `policy/${names.devicePolicy}`),
    logGroup: (name: string) => arn('logs', stage, `log-group:${name}`),
    imageRepository: (component: string) => arn('ecr', stage, `repository/${names.imageRepository(component)}`),
    boundaryPolicy: `arn:${partition(stage.region)}:iam::${stage.accountId}:policy/${names.boundaryPolicy}`,
    alarmTopic: arn('sns', stage, names.alarmTopic),
    table: (name: string) => arn('dynamodb', stage, `table/${name}`),
    telemetryStream: arn('firehose', stage, `deliverystream/${names.telemetryStream}`),
    telemetryDeadLetters: arn('sqs', stage, names.telemetryDeadLetters),
    telemetryArchive: `arn:${partition(stage.region)}:s3:::${names.telemetryArchive}`,
    provisioningBucket: bucket,
    provisioningObject: (key: string) => `${bucket}/${key}`,
    artifacts: `${bucket}/${ARTIFACT_PREFIX}*`,
  } as const
}

export function partition(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}
