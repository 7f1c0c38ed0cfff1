// infra/src/rotation/sign.lambda.ts: Lambda entry of rotation/sign: reads its settings and keeps one client of each kind per container.
import { IoTClient } from '@aws-sdk/client-iot'
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { jsonLog } from '@fleet/log'
import { lambdaSettings } from '../lambda-settings.ts'
import { signRequests } from './sign.ts'

const { DEVICE_POLICY, METRICS } = lambdaSettings(['DEVICE_POLICY', 'METRICS'])

export const handler = signRequests({ iot: new IoTClient({}), data: new IoTDataPlaneClient({}), devicePolicy: DEVICE_POLICY, metrics: METRICS, log: jsonLog({ source: 'rotation-sign' }) })
