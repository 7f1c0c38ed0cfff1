// infra/src/deployment/device-logs.test.ts: every component's log is uploaded, to a group that forgets.
import { COMPONENTS, componentName } from '@fleet/contract/names'
import { expect, test } from 'vitest'
import { planned, RELEASE, STAGE } from '../planned.ts'
import { DEVICE_LOGS, uploadSettings } from './device-logs.ts'

test('the deployment brings the log manager, which uploads the nucleus and every component of this repository', async () => {
  const [deployment] = (await planned(STAGE, RELEASE)).filter(({ type }) => type === 'aws-native:greengrassv2:Deployment')
  const components = deployment?.inputs['components'] as Record<string, { componentVersion: string; configurationUpdate: { merge: string } }>
  const { componentVersion, configurationUpdate } = components[DEVICE_LOGS.name] ?? { configurationUpdate: { merge: '{}' } }
  expect(componentVersion).toBe(DEVICE_LOGS.version)
  const { periodicUploadIntervalSec, logsUploaderConfiguration: uploads } = JSON.parse(configurationUpdate.merge) as ReturnType<typeof uploadSettings>
  expect(periodicUploadIntervalSec).toBe(String(STAGE.logUploadSeconds))
  expect(uploads.systemLogsConfiguration.uploadToCloudWatch).toBe('true')
  expect(Object.keys(uploads.componentLogsConfigurationMap)).toEqual(COMPONENTS.map(componentName))
})

test("what devices log is forgotten after the stage's retention", async () => {
  const groups = (await planned()).filter(({ inputs }) => String(inputs['logGroupName']).startsWith('/aws/greengrass/'))
  expect(groups.map(({ inputs }) => inputs['retentionInDays'])).toEqual(Array(COMPONENTS.length + 1).fill(STAGE.logRetentionDays))
})
