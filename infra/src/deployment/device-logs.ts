// infra/src/deployment/device-logs.ts: the logs of the devices in CloudWatch: AWS's log manager component on each, and log groups that forget in time.
import { COMPONENTS, componentName } from '@fleet/contract/names'
import { componentLogGroup, systemLogGroup } from '@fleet/contract/device-logs'
import type { Stage } from '@fleet/contract/stage'
import { LogGroup } from '@pulumi/aws-native/logs/logGroup.js'
import type * as pulumi from '@pulumi/pulumi'

/** Provided by AWS (Greengrass guide, «Log manager»). From 2.3.0 on it also uploads the file that is still written to. */
export const DEVICE_LOGS = { name: 'aws.greengrass.LogManager', version: '2.3.10' } as const

/** Configuration of the log manager: everything from our components, and the nucleus's own log. */
export function uploadSettings({ logUploadSeconds }: Stage) {
  const uploads = { minimumLogLevel: 'INFO', deleteLogFileAfterCloudUpload: 'false' }
  return {
    periodicUploadIntervalSec: String(logUploadSeconds),
    logsUploaderConfiguration: {
      systemLogsConfiguration: { uploadToCloudWatch: 'true', ...uploads },
      componentLogsConfigurationMap: Object.fromEntries(COMPONENTS.map((folder) => [componentName(folder), uploads])),
    },
  }
}

/** A group that the log manager makes by itself would keep its events for ever. Their names hold no stage: one stage of an account has them. */
export function deviceLogGroups(name: string, stage: Stage, parent: pulumi.Resource): LogGroup[] {
  const groups: [part: string, logGroupName: string][] = [['system', systemLogGroup(stage)], ...COMPONENTS.map((folder): [string, string] => [folder, componentLogGroup(componentName(folder), stage)])]
  return groups.map(([part, logGroupName]) => new LogGroup(`${name}-${part}`, { logGroupName, retentionInDays: stage.logRetentionDays }, { parent }))
}
